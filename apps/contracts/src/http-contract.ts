import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { office } from '@lib/house/office.js';
import { checked } from '@lib/platform/cqrs/checked.js';
import { HouseModule } from '@lib/platform/cqrs/house.module.js';
import { InvalidCommand } from '@lib/platform/cqrs/no.js';
import { behindDoors, doors } from '@lib/house/doors.js';
import { exampleOf, operationsOf } from '@lib/house/openapi-finish.js';
import { createDocument } from '@lib/house/openapi.js';
import { typesOf } from './console-types.js';
import { root, type Outcome } from './outcome.js';

const committed = join(root, 'docs/openapi.json');
const consoleTypes = 'apps/console/src/shell/contract.ts';

/** The document of the house as it is built: nobody asks the parts behind the routes, so nothing stands there. */
async function documentOfHouse(): Promise<OpenAPIObject> {
  const nothing = {} as never;
  const module = HouseModule.of({
    office,
    desk: nothing,
    gatekeeper: nothing,
    authenticator: nothing,
    readSide: nothing,
    log: nothing,
    controllers: doors,
    providers: behindDoors({
      sessions: nothing,
      accounts: nothing,
      tree: nothing,
      feed: nothing,
      vitals: nothing,
      document: nothing,
    }),
  });
  const app = await NestFactory.create(module, new FastifyAdapter(), { abortOnError: false, logger: ['error'] });
  return createDocument(app);
}

/** Schemas and fields that say nothing, and operations that hide how they say no. */
function silences(document: OpenAPIObject): string[] {
  const silent: string[] = [];
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    if ('$ref' in schema) continue;
    if (!schema.description) silent.push(`${name} has no sentence above its class`);
    if (schema.example === undefined) silent.push(`${name} has no example`);
    const example = (schema.example ?? {}) as object;
    for (const field of schema.required ?? []) if (!Object.hasOwn(example, field)) silent.push(`${name}.${field} has no example`);
    for (const [field, of] of Object.entries(schema.properties ?? {}))
      if ('$ref' in of || !of.description)
        silent.push(`${name}.${field} has neither a comment nor an entry in openapi-fields.ts`);
  }
  for (const { operationId, tags = [], responses } of operationsOf(document)) {
    if (!tags.includes('health') && !Object.keys(responses).some(status => status.startsWith('4')))
      silent.push(`${operationId} does not say how it says no`);
  }
  return silent;
}

/** Every command's example is sent through the command's own check. */
function wrongExamples(document: OpenAPIObject): string[] {
  const schemas = document.components?.schemas ?? {};
  return office
    .flatMap(({ commands }) => commands)
    .flatMap(({ command, id }) => {
      const body = exampleOf(schemas[command.name], schemas) as Record<string, unknown>;
      try {
        checked(command, { [id]: '0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c00', ...body });
        return [];
      } catch (error) {
        if (!(error instanceof InvalidCommand)) throw error;
        return error.faults.map(({ pointer, words }) => `the example of ${command.name}: ${pointer} ${words.en}`);
      }
    });
}

function lint(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'yizhan-contracts-'));
  try {
    const file = join(folder, 'openapi.json');
    writeFileSync(file, text);
    const redocly = join(root, 'node_modules/@redocly/cli/bin/cli.js');
    const { status, stdout } = spawnSync(
      process.execPath,
      [redocly, 'lint', file, '--config', join(root, 'infra/check/redocly.yaml'), '--format', 'stylish'],
      {
        encoding: 'utf8',
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' },
      },
    );
    return status === 0 ? [] : [`redocly lint:\n${stdout.trim()}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Which operations and schemas differ, by name. */
function differences(before: OpenAPIObject, now: OpenAPIObject): string[] {
  const partsOf = (document: OpenAPIObject) =>
    new Map<string, string>([
      ...Object.entries(document.paths).flatMap(([path, item]) =>
        Object.entries(item).map(
          ([method, operation]) => [`${method.toUpperCase()} ${path}`, JSON.stringify(operation)] as const,
        ),
      ),
      ...Object.entries(document.components ?? {}).flatMap(([kind, parts]) =>
        Object.entries(parts as object).map(([name, part]) => [`${kind} ${name}`, JSON.stringify(part)] as const),
      ),
    ]);
  const [old, current] = [partsOf(before), partsOf(now)];
  const named = [
    ...[...current.keys()].filter(part => !old.has(part)).map(part => `+ ${part}`),
    ...[...old.keys()].filter(part => !current.has(part)).map(part => `- ${part}`),
    ...[...current].filter(([part, text]) => old.has(part) && old.get(part) !== text).map(([part]) => `~ ${part}`),
  ];
  return named.length > 0 ? named : ['~ title, description, tags or order'];
}

/** Writes docs/openapi.json, or says how the committed one differs. */
export async function httpContract(check: boolean): Promise<Outcome> {
  const document = await documentOfHouse();
  const text = `${JSON.stringify(document, null, 2)}\n`;
  const faults = [...silences(document), ...wrongExamples(document), ...lint(text)];
  const kept = existsSync(committed) ? readFileSync(committed, 'utf8') : undefined;
  if (!check) writeFileSync(committed, text);
  else if (kept === undefined) faults.push('docs/openapi.json is missing: npm run contracts');
  else if (kept !== text) {
    const differing = differences(JSON.parse(kept) as OpenAPIObject, document);
    faults.push(`docs/openapi.json is not up to date (npm run contracts):\n  ${differing.join('\n  ')}`);
  }
  const types = await typesOf(text);
  if (!check) writeFileSync(join(root, consoleTypes), types);
  else if (!existsSync(join(root, consoleTypes)) || readFileSync(join(root, consoleTypes), 'utf8') !== types)
    faults.push(`${consoleTypes} is not up to date (npm run contracts)`);
  const operations = operationsOf(document).length;
  const schemas = Object.keys(document.components?.schemas ?? {}).length;
  return { faults, summary: `${operations} operations, ${schemas} schemas` };
}
