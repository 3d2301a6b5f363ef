import { accounts } from '@lib/access/account/account.views.js';
import { SubscriptionModule } from '@lib/access/subscription/subscription.module.js';
import type { OfficeModule } from '@lib/platform/cqrs/module-table.js';
import { takenLists } from '@lib/scrutiny/access-log/taken-lists.views.js';
import { commandTrail } from '@lib/scrutiny/history/command-trail.views.js';
import { historyActors, historyOfAll, subjectHistory } from '@lib/scrutiny/history/history.views.js';
import { ServiceCenterModule } from '@lib/service-network/service-center/service-center.module.js';
import { ServiceStationModule } from '@lib/service-network/service-station/service-station.module.js';
import { DivisionModule } from '@lib/territory/division/division.module.js';
import { VolunteerLinkModule } from '@lib/volunteering/volunteer-link/volunteer-link.module.js';
import { VolunteerModule } from '@lib/volunteering/volunteer/volunteer.module.js';
import { CertificateModule } from '@lib/workforce/certificate/certificate.module.js';
import { SocialWorkerModule } from '@lib/workforce/social-worker/social-worker.module.js';
// Decisions about subscribers ask what is published.
import './publications.js';

const AccountModule: OfficeModule = { at: 'accounts', commands: [], views: [], projections: [accounts], policies: [] };
const HistoryModule: OfficeModule = {
  at: 'history',
  commands: [],
  views: [historyOfAll, historyActors, commandTrail, subjectHistory],
  projections: [],
  policies: [],
};

const AccessLogModule: OfficeModule = { at: 'access-log', commands: [], views: [takenLists], projections: [], policies: [] };

/** The whole office: everything that can be asked, looked at, folded and followed. */
export const office: readonly OfficeModule[] = [
  AccountModule,
  HistoryModule,
  AccessLogModule,
  DivisionModule,
  ServiceCenterModule,
  ServiceStationModule,
  SocialWorkerModule,
  CertificateModule,
  VolunteerModule,
  VolunteerLinkModule,
  SubscriptionModule,
];
