import { Client } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import {
  aFailingAppendHarmsNoOther,
  aSlotHasOneHolder,
  aStreamIsReadFromARevision,
  aStreamThatWasOnlyReadMustNotHaveMoved,
  followersMissNothing,
  noIncrementIsLost,
  noTwoThatCheckEachOtherBothPass,
  pagesEndWhereAppendsEnd,
  twoStreamsAreWrittenBothOrNeither,
} from '../event-store.contract.js';
import type { EventStore } from '../event-store.js';
import { createLogSchema } from '../postgres/schema.js';
import { SequenceColumnStore } from './sequence-column-store.js';
import {
  AcceptsAnyRevision,
  ChecksAReadModel,
  CutsPagesAnywhere,
  FailsTogether,
  ForgetsReadOnlyStreams,
  GroupsWithoutTheRule,
  ReadsBehindTheRevision,
  WritesStreamByStream,
} from './wrong-stores.js';

describe('the contract catches a store that', () => {
  test.each<[string, () => EventStore, (store: EventStore) => Promise<void>, string | RegExp]>([
    ['accepts any revision', () => new AcceptsAnyRevision(), noIncrementIsLost, /deep/],
    ['writes stream by stream', () => new WritesStreamByStream(), twoStreamsAreWrittenBothOrNeither, 'half of an append'],
    ['checks uniqueness in a read model', () => new ChecksAReadModel(), aSlotHasOneHolder, /holders of one slot[^]*64/],
    [
      'forgets the streams that were only read',
      () => new ForgetsReadOnlyStreams(),
      aStreamThatWasOnlyReadMustNotHaveMoved,
      'had moved',
    ],
    ['forgets them when two check each other', () => new ForgetsReadOnlyStreams(), noTwoThatCheckEachOtherBothPass, 'all passed'],
    ['cuts pages anywhere', () => new CutsPagesAnywhere(), pagesEndWhereAppendsEnd, 'ends inside an append'],
    ['reads behind the revision', () => new ReadsBehindTheRevision(), aStreamIsReadFromARevision, 'not the events from 0 on'],
    ['fails the good with the bad', () => new FailsTogether(), aFailingAppendHarmsNoOther, /16 !== 1/],
  ])('%s', async (_, make, check, complaint) => {
    await expect(check(make())).rejects.toThrow(complaint);
  });
});

(hasPostgres ? describe : describe.skip)('the contract catches, on PostgreSQL, a store that', () => {
  let url: string;
  let drop: () => Promise<void>;
  beforeAll(async () => ({ url, drop } = await createTestDatabase()));
  afterAll(() => drop());

  test('numbers its events by a sequence', async () => {
    const twin = await new SequenceColumnStore(url).prepare();
    await expect(followersMissNothing(twin as unknown as EventStore)).rejects.toThrow('events were written');
    await twin.close();
  });

  test('groups without the rule', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await createLogSchema(client);
    await client.end();
    const twin = new GroupsWithoutTheRule(url);
    await expect(noTwoThatCheckEachOtherBothPass(twin)).rejects.toThrow('all passed');
    await twin.close();
  });
});
