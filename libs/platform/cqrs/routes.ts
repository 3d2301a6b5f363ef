import { Body, Controller, Get, Inject, Param, Post, type Provider, Query, Req, Res, type Type } from '@nestjs/common';
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
  ApiTags,
  OmitType,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Gatekeeper } from '@lib/platform/kernel/access.js';
import { isCalendarDate } from '@lib/platform/kernel/calendar.js';
import { streamOf } from '@lib/platform/kernel/event.js';
import { isUuid } from '@lib/platform/kernel/uuid.js';
import { BadCursor, isUnreadable } from '@lib/platform/read-store/reading.js';
import { anyone, By, PacedFor, type Paced } from './by.js';
import { checked, checkedQuery } from './checked.js';
import { backdatingDays, CommandDesk, reasonCodes, type Receipt, type Rehearsal } from './command-desk.js';
import { sentWith, type Envelope } from './envelope.js';
import { principalOf } from './guard.js';
import type { FiledCommand, OfficeModule } from './module-table.js';
import { InvalidCommand, NotFound, NotYet, type Fault } from './no.js';
import { languageOf } from './problems.js';
import { GATEKEEPER, READ_SIDE } from './tokens.js';
import type { AnyView, Looking } from './views.js';

/** Where views get their rows from, and how far these have come. */
export interface ReadSide {
  readonly reader: unknown;
  position(): string;
  /** @returns false when `position` has not been folded in time */
  waitFor(position: string): Promise<boolean>;
}

export type Handle = (...args: never[]) => Promise<unknown>;

export const kebab = (name: string) => name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

/** Signed in; or not, where anybody may. */
export const signedInAs = (by: AnyView['by']): MethodDecorator[] => [
  ApiBearerAuth(),
  ...(by.some(({ role }) => role === anyone.role) ? [ApiSecurity({})] : []),
];

/** What is open to anybody is open to those who have not signed in so often only. */
const pacedFor = (by: AnyView['by'], paced: Paced): MethodDecorator[] =>
  by.some(({ role }) => role === anyone.role)
    ? [PacedFor(paced), problemResponse(429, 'Asked too often without having signed in; Retry-After says when to try again')]
    : [];

export const problemResponse = (status: number, description: string) =>
  ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });

export function define(
  controller: Type,
  name: string,
  handle: Handle,
  parameters: readonly ParameterDecorator[],
  decorators: readonly MethodDecorator[],
) {
  const prototype = controller.prototype as object;
  Object.defineProperty(prototype, name, { value: handle, writable: true, configurable: true });
  Reflect.defineMetadata(
    'design:paramtypes',
    parameters.map(() => Object),
    prototype,
    name,
  );
  parameters.forEach((decorate, index) => decorate(prototype, name, index));
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  for (const decorate of decorators) decorate(prototype, name, descriptor);
  Object.defineProperty(prototype, name, descriptor);
}

/** One controller for the commands of a module: every row becomes a route. */
export function commandController({ at, commands }: OfficeModule): Type {
  class Commands {
    constructor(readonly bus: CommandBus) {}
  }
  Object.defineProperty(Commands, 'name', { value: `${at}Commands` });
  Reflect.defineMetadata('design:paramtypes', [CommandBus], Commands);
  Controller(`api/${at}`)(Commands);
  ApiTags(at)(Commands);
  for (const row of commands) addCommand(Commands, row);
  return Commands;
}

function addCommand(controller: Type, row: FiledCommand) {
  const name = row.command.name;
  const path = row.birth ? '' : `:${row.id}/${kebab(name)}`;
  async function carryOut(
    this: { bus: CommandBus },
    request: FastifyRequest,
    reply: FastifyReply,
    body: unknown,
    id: string | undefined,
  ) {
    const command = checked(row.command, row.birth ? body : withPathId(body, row.id, id));
    const result = await this.bus.execute<object, Receipt | Rehearsal>(sentWith(command, envelopeFrom(request)));
    if ('dryRun' in result) reply.status(200);
    else {
      reply.status(row.birth ? 201 : 200).header('x-position', result.position);
      const ownStream = streamOf(row.aggregate.category, (command as Record<string, string>)[row.id]!);
      const own = result.streams.find(({ stream }) => stream === ownStream);
      if (own) reply.header('etag', `"${own.revision}"`);
    }
    return result;
  }
  const bodyClass = row.birth ? row.command : bodyWithout(row.command, row.id);
  define(
    controller,
    name,
    carryOut as Handle,
    [Req(), Res({ passthrough: true }), Body(), Param(row.id)],
    [
      Post(path),
      By(...row.by),
      ...pacedFor(row.by, 'send'),
      ...signedInAs(row.by),
      ApiExtraModels(bodyClass),
      ApiOperation({ operationId: name, summary: row.words.zh, description: description(row) }),
      ...(row.birth ? [] : [ApiParam({ name: row.id, schema: { type: 'string', format: 'uuid' } })]),
      ApiBody({ required: row.birth, schema: { $ref: getSchemaPath(bodyClass) } }),
      ApiHeader({
        name: 'Idempotency-Key',
        required: true,
        description: 'A UUID made by the client; the same key and body give the same receipt again',
        schema: { type: 'string', format: 'uuid' },
      }),
      ApiHeader({
        name: 'If-Match',
        required: false,
        description: 'The ETag of the card that was looked at; 412 when it was changed since',
        schema: { type: 'string' },
      }),
      ApiHeader({
        name: 'Effective-On',
        required: false,
        description: `The date from which it counts, at most ${backdatingDays} days back; today when absent`,
        schema: { type: 'string', format: 'date' },
      }),
      ApiHeader({
        name: 'Reason-Code',
        required: false,
        description: 'Why it is entered late; required with an earlier Effective-On',
        schema: { type: 'string', enum: [...reasonCodes] },
      }),
      ApiQuery({
        name: 'dryRun',
        required: false,
        description: 'Says what would happen, or the refusal; writes nothing',
        schema: { type: 'boolean' },
      }),
      ...(row.birth
        ? []
        : [ApiResponse({ status: 200, description: 'Done, or done before', schema: { $ref: '#/components/schemas/Receipt' } })]),
      ...(row.birth
        ? [
            ApiResponse({ status: 201, description: 'Done, or done before', schema: { $ref: '#/components/schemas/Receipt' } }),
            ApiResponse({
              status: 200,
              description: 'What would happen (dryRun)',
              schema: { $ref: '#/components/schemas/Rehearsal' },
            }),
          ]
        : []),
      problemResponse(400, 'A field, parameter or header is wrong'),
      problemResponse(403, 'The role may not'),
      problemResponse(404, 'It does not exist or is out of reach'),
      problemResponse(409, 'The office refuses, with code and sentence; or `conflict`'),
      problemResponse(412, 'It was changed after the revision in If-Match'),
      problemResponse(422, 'The Idempotency-Key was used for another body'),
    ],
  );
}

function bodyWithout(command: new () => object, id: string): Type {
  const body = OmitType(command as Type<Record<string, unknown>>, [id] as never[]) as Type;
  Object.defineProperty(body, 'name', { value: command.name });
  return body;
}

export const description = ({ words: { en }, by }: Pick<AnyView, 'words' | 'by'>) =>
  `${en}${/[.?]$/.test(en) ? '' : '.'} May: ${by.map(({ role }) => role).join(', ')}.`;

function withPathId(body: unknown, idField: string, id: string | undefined): object {
  const fields = (body ?? {}) as Record<string, unknown>;
  if (idField in fields && fields[idField] !== id) {
    const words = { zh: '与路径中的 id 不同', en: 'differs from the id in the path' };
    throw new InvalidCommand('validation-failed', { zh: '有字段不正确', en: 'Some fields are not right' }, [
      { pointer: `/${idField}`, code: 'differsFromPath', words },
    ]);
  }
  return { ...fields, [idField]: id };
}

/** @throws InvalidCommand naming the header or parameter that is missing or wrong */
function envelopeFrom(request: FastifyRequest): Envelope {
  const { headers } = request;
  const header = (name: string) => (headers[name] === undefined ? undefined : String(headers[name]));
  const query = request.query as Record<string, string | undefined>;
  const key = header('idempotency-key')?.toLowerCase();
  const ifMatch = header('if-match');
  const revision = ifMatch === undefined ? undefined : /^"(\d+)"$/.exec(ifMatch)?.[1];
  const effectiveOn = header('effective-on');
  const reasonCode = header('reason-code');
  const faults: Fault[] = [];
  const fault = (pointer: string, code: string, zh: string, en: string) => faults.push({ pointer, code, words: { zh, en } });
  if (!isUuid(key))
    fault('Idempotency-Key', 'isUuid', '每个命令须带 Idempotency-Key(UUID)', 'every command carries an Idempotency-Key (a UUID)');
  if (ifMatch !== undefined && revision === undefined)
    fault('If-Match', 'isETag', '须是所见卡片的 ETag,如 "3"', 'must be the ETag of a card, such as "3"');
  if (effectiveOn !== undefined && !isCalendarDate(effectiveOn))
    fault('Effective-On', 'isCalendarDate', '须是存在的日期,如 2026-03-01', 'must be a calendar date such as 2026-03-01');
  if (reasonCode !== undefined && !(reasonCodes as readonly string[]).includes(reasonCode))
    fault('Reason-Code', 'isIn', `须是:${reasonCodes.join('、')}`, `must be one of ${reasonCodes.join(', ')}`);
  if (query.dryRun !== undefined && query.dryRun !== 'true' && query.dryRun !== 'false')
    fault('dryRun', 'isBoolean', '须是 true 或 false', 'must be true or false');
  if (faults.length > 0)
    throw new InvalidCommand('validation-failed', { zh: faults[0]!.words.zh, en: faults[0]!.words.en }, faults);
  return {
    principal: principalOf(request),
    key: key!,
    ifMatch: revision === undefined ? undefined : Number(revision),
    dryRun: query.dryRun === 'true',
    effectiveOn,
    reasonCode,
    correlationId: request.id,
  };
}

/** The CommandBus handler of one row. */
export function commandHandler(row: FiledCommand): Type<ICommandHandler> {
  class Handler {
    constructor(private readonly desk: CommandDesk) {}
    execute(command: object) {
      return this.desk.carryOut(row, command);
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${row.command.name}Handler` });
  Reflect.defineMetadata('design:paramtypes', [CommandDesk], Handler);
  CommandHandler(row.command)(Handler);
  return Handler;
}

/** What a CommandBus needs to carry out every command of these modules. */
export const handlersOf = (office: readonly OfficeModule[], desk: CommandDesk): Provider[] => [
  ...office.flatMap(({ commands }) => commands.map(commandHandler)),
  { provide: CommandDesk, useValue: desk },
];

/** One controller for the views of a module. */
export function viewController(module: OfficeModule): Type {
  class Views {
    constructor(
      readonly side: ReadSide,
      readonly gatekeeper: Gatekeeper,
    ) {}
  }
  Object.defineProperty(Views, 'name', { value: `${module.at}Views` });
  Reflect.defineMetadata('design:paramtypes', [Object, Object], Views);
  Inject(READ_SIDE)(Views, undefined, 0);
  Inject(GATEKEEPER)(Views, undefined, 1);
  Controller('api')(Views);
  ApiTags(module.at)(Views);
  for (const view of module.views) addView(Views, view);
  return Views;
}

/** No projector has run on this database yet. */
export const isNotYetMade = (error: unknown) => (error as { code?: unknown }).code === '42P01';

export async function waitFor(side: ReadSide, position: string) {
  if (!/^\d{1,20}$/.test(position)) {
    const words = { zh: '须是回执中的 position', en: 'must be the position of a receipt' };
    throw new InvalidCommand('validation-failed', words, [{ pointer: 'X-After', code: 'isPosition', words }]);
  }
  if (!(await side.waitFor(position))) throw new NotYet();
}

function addView(controller: Type, view: AnyView) {
  async function answer(
    this: { side: ReadSide; gatekeeper: Gatekeeper },
    request: FastifyRequest,
    reply: FastifyReply,
    params: object,
    query: object,
  ) {
    const ask = checkedQuery(view.asks, { ...query, ...params });
    const after = request.headers['x-after'];
    if (after !== undefined) await waitFor(this.side, String(after));
    const principal = principalOf(request);
    const looking: Looking<unknown> = {
      reader: this.side.reader,
      principal,
      reach: this.gatekeeper.reach(principal, view.by),
      under: divisionId => this.gatekeeper.under(divisionId),
      sight: this.gatekeeper.sight(principal),
      language: languageOf(request.headers['accept-language']),
    };
    // Taken before the query, so that the answer is at least as new as it says.
    const position = this.side.position();
    const found = await view.answer(ask as never, looking as never).catch((error: unknown) => {
      if (isNotYetMade(error)) throw new NotYet();
      throw 'cursor' in ask && isUnreadable(error) ? new BadCursor() : error;
    });
    if (!found) throw new NotFound();
    reply.header('x-position', position);
    if (found.revision !== undefined) reply.header('etag', `"${found.revision}"`);
    return found.body;
  }
  const gaps = [...view.at.matchAll(/\{(\w+)\}/g)].map(([, gap]) => gap!);
  const bodyOfAsk = OmitType(view.asks as Type<Record<string, unknown>>, gaps as never[]) as Type;
  Object.defineProperty(bodyOfAsk, 'name', { value: view.asks.name });
  define(
    controller,
    view.name,
    answer as Handle,
    [Req(), Res({ passthrough: true }), Param(), Query()],
    [
      Get(view.at.replaceAll(/\{(\w+)\}/g, ':$1')),
      By(...view.by),
      ...pacedFor(view.by, 'look'),
      ...signedInAs(view.by),
      ApiExtraModels(view.answers),
      ApiOperation({
        operationId: view.name,
        summary: view.words.zh,
        description: description(view),
      }),
      ...gaps.map(gap => ApiParam({ name: gap, schema: { type: 'string', format: 'uuid' } })),
      ApiQuery({ type: bodyOfAsk }),
      ApiHeader({
        name: 'X-After',
        required: false,
        description: 'The position of a receipt: the answer has folded at least that, or is 503 after two seconds',
        schema: { type: 'string' },
      }),
      ApiResponse({
        status: 200,
        description: 'As of the position in the header X-Position',
        headers: { 'X-Position': { description: 'How far the answer has come in the log', schema: { type: 'string' } } },
        schema: { $ref: getSchemaPath(view.answers) },
      }),
      problemResponse(400, 'A parameter is wrong'),
      problemResponse(403, 'The role may not'),
      problemResponse(404, 'It does not exist or is out of reach'),
      problemResponse(503, 'The views have not come as far as X-After'),
    ],
  );
}
