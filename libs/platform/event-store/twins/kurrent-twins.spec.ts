import {
  anAppendSentTwiceIsThereOnce,
  followersMissNothing,
  noIncrementIsLost,
  pagesEndWhereAppendsEnd,
} from '../event-store.contract.js';
import type { EventStore } from '../event-store.js';
import { KurrentDouble } from '../kurrentdb/double/kurrent-double.js';
import type { KurrentEventStore } from '../kurrentdb/kurrent-event-store.js';
import { AppendsWithAny, BelievesTheServer, EndsPagesWhereTheServerDoes, ReadsSystemEvents } from './wrong-kurrent-stores.js';

jest.setTimeout(240_000);

describe('the contract catches, on KurrentDB, a store that', () => {
  let double: KurrentDouble;
  let twin: KurrentEventStore | undefined;
  beforeEach(async () => void (double = await KurrentDouble.start()));
  afterEach(async () => {
    await twin?.close();
    await double.stop();
  });

  test.each<[string, { open(url: string): Promise<KurrentEventStore> }, (store: EventStore) => Promise<void>, string | RegExp]>([
    ['appends with any revision', AppendsWithAny, noIncrementIsLost, /deep/],
    ['shows what the server writes for itself', ReadsSystemEvents, followersMissNothing, /events were written/],
    ['ends pages inside of appends', EndsPagesWhereTheServerDoes, pagesEndWhereAppendsEnd, 'ends inside an append'],
    ['believes the server that it has written', BelievesTheServer, anAppendSentTwiceIsThereOnce, /0 !== 1/],
  ])('%s', async (_, Twin, check, complaint) => {
    twin = await Twin.open(double.url);
    await expect(check(twin)).rejects.toThrow(complaint);
  });
});
