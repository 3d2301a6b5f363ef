import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import type { Gatekeeper } from '@lib/platform/kernel/access.js';
import type { AccessLog } from './access-log.js';
import type { CommandDesk } from './command-desk.js';
import { AUTHENTICATOR, Guard, type Authenticator } from './guard.js';
import type { OfficeModule } from './module-table.js';
import { ProblemFilter } from './problems.js';
import { SheetDesk, sheetController } from './sheet-routes.js';
import type { Called } from './sheets.js';
import { commandController, handlersOf, viewController, type ReadSide } from './routes.js';
import { GATEKEEPER, READ_SIDE, SHEET_DESK } from './tokens.js';

export interface HouseParts {
  /** What has routes here. */
  readonly office: readonly OfficeModule[];
  /** For the commands of the office. */
  readonly desk?: CommandDesk;
  readonly gatekeeper: Gatekeeper;
  readonly authenticator: Authenticator;
  /** For the views of the office. */
  readonly readSide?: ReadSide;
  /** What stored values are called, for the lists that can be taken away. */
  readonly called?: Called;
  /** For the lists that can be taken away; without one nothing leaves. */
  readonly accessLog?: AccessLog;
  readonly log: Logger;
  /** Routes that no table describes: sessions, live updates, health. */
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

const nothingLeaves: AccessLog = { record: () => Promise.reject(new Error('there is no access log')) };

/** The house as Nest sees it: every row of every table as handler and route, behind one guard and one filter. */
@Module({})
export class HouseModule {
  static of({
    office,
    desk,
    gatekeeper,
    authenticator,
    readSide,
    called = String,
    accessLog = nothingLeaves,
    log,
    controllers,
    providers,
  }: HouseParts): DynamicModule {
    requireUniqueNames(office);
    return {
      module: HouseModule,
      imports: [CqrsModule.forRoot(), DiscoveryModule],
      controllers: [
        ...controllers,
        ...office.filter(({ commands }) => commands.length > 0).map(commandController),
        // Before the views: `volunteers.xlsx` is no volunteer.
        ...office.flatMap(({ at, sheets = [] }) => (sheets.length > 0 ? [sheetController(at, sheets)] : [])),
        ...office.filter(({ views }) => views.length > 0).map(viewController),
      ],
      providers: [
        ...(desk ? handlersOf(office, desk) : []),
        { provide: GATEKEEPER, useValue: gatekeeper },
        { provide: AUTHENTICATOR, useValue: authenticator },
        ...(readSide ? [{ provide: READ_SIDE, useValue: readSide }] : []),
        { provide: SHEET_DESK, useValue: new SheetDesk(log, called, accessLog) },
        { provide: APP_GUARD, useClass: Guard },
        { provide: APP_FILTER, useValue: new ProblemFilter(log) },
        ...providers,
      ],
    };
  }
}

/** Names are unique in the whole office: operation ids, handlers and the people who talk about them need that. */
function requireUniqueNames(office: readonly OfficeModule[]): void {
  const names = office.flatMap(({ commands, views, sheets = [] }) => [
    ...commands.map(({ command }) => command.name),
    ...views.map(({ name }) => name),
    ...sheets.map(({ name }) => name),
  ]);
  const twice = names.find((name, nth) => names.indexOf(name) !== nth);
  if (twice) throw new Error(`two commands or views are called ${twice}`);
}
