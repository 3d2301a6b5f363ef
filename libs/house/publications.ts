import { erasureFeed } from '@lib/access/erasure/erasure.feed.js';
import { divisionFeed } from '@lib/territory/division/division.feed.js';
import { serviceCenterFeed } from '@lib/service-network/service-center/service-center.feed.js';
import { serviceStationFeed } from '@lib/service-network/service-station/service-station.feed.js';
import { socialWorkerFeed } from '@lib/workforce/social-worker/social-worker.feed.js';
import { postingFeed } from '@lib/workforce/posting/posting.feed.js';
import { certificateFeed } from '@lib/workforce/certificate/certificate.feed.js';
import { volunteerFeed } from '@lib/volunteering/volunteer/volunteer.feed.js';
import { volunteerLinkFeed } from '@lib/volunteering/volunteer-link/volunteer-link.feed.js';
import type { Publication } from '@lib/platform/kernel/publication.js';

/** Everything that the outside is told. */
export const publications: readonly Publication[] = [
  divisionFeed,
  serviceCenterFeed,
  serviceStationFeed,
  socialWorkerFeed,
  postingFeed,
  certificateFeed,
  volunteerFeed,
  volunteerLinkFeed,
  erasureFeed,
];

/** Kinds of streams of which nothing goes out, and why. */
export const keptCategories: Readonly<Record<string, string>> = {
  account: 'who works with the system is no business of those outside',
  centerSlot: 'bookkeeping of the rule "one street, one center"; the centers say it themselves',
  communitySlot: 'bookkeeping of who covers a community; the stations say it themselves',
  divisionCode: 'bookkeeping of codes; the divisions say it themselves',
  subscription: 'who subscribes to what, and with which fields, is the business of the house',
  certificateKey: 'made from the number of a certificate',
  personKey: 'made from the ID number of a human',
};
