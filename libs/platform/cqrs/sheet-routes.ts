import { Controller, Get, Inject, Query, Req, Res, type Type } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiResponse, ApiTags, OmitType } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Gatekeeper, Principal } from '@lib/platform/kernel/access.js';
import { dateInShanghai } from '@lib/platform/kernel/calendar.js';
import { workbookOf, type Cell } from '@lib/platform/spreadsheet/workbook.js';
import type { Reader, StillReader } from '@lib/platform/read-store/reader.js';
import type { AccessLog } from './access-log.js';
import { By } from './by.js';
import { checkedQuery } from './checked.js';
import { principalOf } from './guard.js';
import { NotFound, NotYet, SheetsBusy, TooManyRows } from './no.js';
import { languageOf } from './problems.js';
import { define, description, isNotYetMade, problemResponse, signedInAs, waitFor, type Handle, type ReadSide } from './routes.js';
import { filtersInWords } from './sheet-filters.js';
import { mostRows, type AnySheet, type Called, type Column } from './sheets.js';
import { GATEKEEPER, READ_SIDE, SHEET_DESK } from './tokens.js';
import type { Language, Looking } from './views.js';

const mediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const rowsAtOnce = 500;
/** Each keeps a connection and a thread busy for some seconds. */
const filesAtOnce = 2;

interface Page {
  readonly rows: readonly never[];
  readonly next: string | null;
}

interface Asked {
  readonly sheet: AnySheet;
  readonly ask: object;
  readonly looking: Looking<StillReader>;
  readonly roles: readonly string[];
  readonly signal: AbortSignal;
}

interface Made {
  readonly file: Buffer;
  readonly subjectIds: readonly string[];
  readonly divisionIds: readonly string[];
  readonly position: string;
}

const say = (language: Language, zh: string, en: string) => (language === 'zh' ? zh : en);

/** Makes the files, a few at a time, and writes down who took what. */
export class SheetDesk {
  private making = 0;

  constructor(
    private readonly log: Logger,
    private readonly called: Called,
    private readonly accessLog: AccessLog,
  ) {}

  /** @throws TooManyRows, SheetsBusy, and whatever the list throws */
  async make(asked: Asked, most: number): Promise<Made> {
    if (this.making >= filesAtOnce) throw new SheetsBusy();
    this.making += 1;
    try {
      return await asked.looking.reader.frozen((reader, position) =>
        this.write(asked, { ...asked.looking, reader }, most, position),
      );
    } finally {
      this.making -= 1;
    }
  }

  /** Who took whom, of which list. @throws whatever the access log throws; then nothing may leave */
  async record({ sheet, ask, looking: { principal, reach }, roles }: Asked, made: Made, requestId: string): Promise<void> {
    const { subjectIds, divisionIds, position } = made;
    const filters = Object.fromEntries(Object.entries(ask).filter(([name, value]) => name !== 'q' && value !== undefined));
    const searched = 'q' in ask && ask.q !== undefined;
    await this.accessLog.record({
      principal,
      roles,
      sheet: sheet.name,
      filters,
      searched,
      subjectIds,
      divisionIds: subjectIds.length > 0 ? divisionIds : reach.divisionIds,
      position,
      requestId,
    });
    this.log.info(
      { requestId, account: principal.name, roles, sheet: sheet.name, filters, searched, rows: subjectIds.length, position },
      'exported',
    );
  }

  private async write(asked: Asked, looking: Looking<Reader>, most: number, position: string): Promise<Made> {
    const { sheet, signal } = asked;
    const { language, reader } = looking;
    const { called } = this;
    const filters = await filtersInWords(sheet, { ...asked.ask }, { reader, language, called });
    const subjectIds: string[] = [];
    const divisionIds = new Set<string>();
    async function* rows(): AsyncGenerator<readonly (readonly Cell[])[]> {
      for (let cursor: string | undefined; ;) {
        const ask = { ...asked.ask, limit: rowsAtOnce, ...(cursor === undefined ? {} : { cursor }) };
        const found = await sheet.of.answer(ask as never, looking as never);
        if (!found) throw new NotFound();
        const page = found.body as Page;
        for (const about of page.rows.map(sheet.about)) {
          subjectIds.push(about.id);
          divisionIds.add(about.divisionId);
        }
        if (subjectIds.length > most) throw new TooManyRows(most);
        yield page.rows.map(row => sheet.columns.map(({ of }) => of(row, { language, called })));
        if (page.next === null) return;
        cursor = page.next;
      }
    }
    const file = await workbookOf(
      {
        name: sheet.words[language],
        columns: sheet.columns.map(({ heading, kind, width }: Column<never>) => ({ heading: heading[language], kind, width })),
        rows: rows(),
        about: () => ({
          name: say(language, '说明', 'About'),
          lines: [
            [say(language, '名册', 'List'), sheet.words[language]],
            [say(language, '行数', 'Rows'), String(subjectIds.length)],
            [say(language, '筛选', 'Filters'), filters.join(say(language, ';', '; ')) || say(language, '无', 'none')],
            [say(language, '导出账号', 'Taken by'), looking.principal.name],
            [say(language, '角色', 'Role'), asked.roles.map(role => called(role, language)).join(say(language, '、', ', '))],
            [say(language, '导出时间', 'Taken at'), `${inShanghai(new Date())} (UTC+8)`],
            [
              say(language, '日志位置', 'Position of the log'),
              say(language, `${position}(含此前全部事实)`, `${position} (every fact up to there)`),
            ],
            [
              say(language, '请注意', 'Please note'),
              say(
                language,
                '含个人信息:只用于本职工作,用毕删除,不外传。看不全的内容按您的权限遮盖。',
                'Holds personal data: for your work only, delete it afterwards, pass it on to nobody. What your role may not see is masked.',
              ),
            ],
          ],
        }),
      },
      signal,
    );
    return { file, subjectIds, divisionIds: [...divisionIds], position };
  }
}

const inShanghai = (at: Date) =>
  `${dateInShanghai(at.getTime())} ${at.toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai', hour12: false })}`;

/** Aborted when whoever asked has gone away before the answer was sent. */
function goneAway(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('nobody waits for the file any more'));
  });
  return gone.signal;
}

/** One controller for the files of a module. */
export function sheetController(at: string, sheets: readonly AnySheet[]): Type {
  class Sheets {
    constructor(
      readonly side: ReadSide,
      readonly gatekeeper: Gatekeeper,
      readonly desk: SheetDesk,
    ) {}
  }
  Object.defineProperty(Sheets, 'name', { value: `${at}Sheets` });
  Reflect.defineMetadata('design:paramtypes', [Object, Object, Object], Sheets);
  Inject(READ_SIDE)(Sheets, undefined, 0);
  Inject(GATEKEEPER)(Sheets, undefined, 1);
  Inject(SHEET_DESK)(Sheets, undefined, 2);
  Controller('api')(Sheets);
  ApiTags(at)(Sheets);
  for (const sheet of sheets) addSheet(Sheets, sheet);
  return Sheets;
}

const takersAmong = ({ by }: AnySheet, gatekeeper: Gatekeeper, principal: Principal) =>
  by.filter(taker => gatekeeper.holdsAny(principal, [taker]));

function addSheet(controller: Type, sheet: AnySheet) {
  const filtersOnly = OmitType(sheet.of.asks as Type<{ limit?: number; cursor?: string }>, ['limit', 'cursor']) as Type<object>;
  Object.defineProperty(filtersOnly, 'name', { value: `${sheet.of.asks.name}Filters` });

  async function take(
    this: { side: ReadSide; gatekeeper: Gatekeeper; desk: SheetDesk },
    request: FastifyRequest,
    reply: FastifyReply,
    query: object,
  ) {
    const { side, gatekeeper, desk } = this;
    const ask = checkedQuery(filtersOnly, query);
    const after = request.headers['x-after'];
    if (after !== undefined) await waitFor(side, String(after));
    const principal = principalOf(request);
    const takers = takersAmong(sheet, gatekeeper, principal);
    const language = languageOf(request.headers['accept-language']);
    const asked: Asked = {
      sheet,
      ask,
      roles: takers.map(({ role }) => role),
      signal: goneAway(reply),
      looking: {
        reader: side.reader as StillReader,
        principal,
        // Only where a role is held that may take the list away.
        reach: gatekeeper.reach(principal, sheet.by),
        under: divisionId => gatekeeper.under(divisionId),
        sight: gatekeeper.sight(principal),
        language,
      },
    };
    const most = Math.min(mostRows, Math.max(...takers.map(taker => taker.most)));
    const made = await desk.make(asked, most).catch((error: unknown) => {
      throw isNotYetMade(error) ? new NotYet() : error;
    });
    // Written down before the first byte leaves.
    await desk.record(asked, made, request.id);
    const fileName = encodeURIComponent(`${sheet.words[language]}-${dateInShanghai(Date.now())}.xlsx`);
    reply
      .header('content-type', mediaType)
      .header('content-disposition', `attachment; filename*=UTF-8''${fileName}`)
      .header('x-position', made.position)
      .header('x-rows', String(made.subjectIds.length));
    return made.file;
  }

  define(
    controller,
    sheet.name,
    take as Handle,
    [Req(), Res({ passthrough: true }), Query()],
    [
      Get(sheet.at),
      By(...sheet.by),
      ...signedInAs(sheet.by),
      ApiOperation({
        operationId: sheet.name,
        summary: `${sheet.words.zh}(Excel)`,
        description: `${description({ words: { zh: '', en: `${sheet.words.en} as a file of Excel: rows, scope and masks are those of the list, all of one moment; a second sheet says who took it, when, and with which filters` }, by: sheet.by })} Rows at most: ${sheet.by.map(({ role, most }) => `${role} ${most}`).join(', ')}.`,
      }),
      ApiQuery({ type: filtersOnly }),
      ApiHeader({
        name: 'X-After',
        required: false,
        description: 'The position of a receipt: the file has folded at least that, or is 503 after two seconds',
        schema: { type: 'string' },
      }),
      ApiResponse({
        status: 200,
        description: 'The file; X-Rows says how many rows it has, X-Position up to where of the log it has come',
        headers: {
          'X-Position': { description: 'Every fact up to there is in it', schema: { type: 'string' } },
          'X-Rows': { description: 'Rows without the heading', schema: { type: 'string' } },
        },
        content: { [mediaType]: { schema: { type: 'string', format: 'binary' } } },
      }),
      problemResponse(400, 'A parameter is wrong'),
      problemResponse(403, 'The role may not'),
      problemResponse(409, 'It would have more rows than the role may take'),
      problemResponse(503, 'Too many files are being made, or the views have not come as far as X-After'),
    ],
  );
}
