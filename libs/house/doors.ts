import type { InjectionToken, Provider } from '@nestjs/common';
import { AccountDirectory } from '@lib/access/account/account-directory.js';
import { SessionsController } from '@lib/access/sessions.controller.js';
import { Sessions } from '@lib/access/sessions.js';
import { HealthController, VITALS, type Vitals } from '@lib/platform/cqrs/health.controller.js';
import { LIVE_FEED, LiveController, type LiveFeed } from '@lib/platform/cqrs/live.controller.js';
import { ScopeTree } from '@lib/territory/scope-tree.js';
import { IndexController } from './index.controller.js';
import { OpenApiController } from './openapi.js';

/** The routes that no table of the office describes. */
export const doors = [IndexController, OpenApiController, SessionsController, LiveController, HealthController] as const;

/** What those routes ask. */
export interface BehindDoors {
  readonly sessions: Sessions;
  readonly accounts: AccountDirectory;
  readonly tree: ScopeTree;
  readonly feed: LiveFeed;
  readonly vitals: Vitals;
  readonly document: { readonly value: object };
}

export const behindDoors = ({ sessions, accounts, tree, feed, vitals, document }: BehindDoors): readonly Provider[] => {
  const provide = (token: InjectionToken, useValue: object): Provider => ({ provide: token, useValue });
  return [
    provide(Sessions, sessions),
    provide(AccountDirectory, accounts),
    provide(ScopeTree, tree),
    provide(LIVE_FEED, feed),
    provide(VITALS, vitals),
    provide(OpenApiController.document, document),
  ];
};
