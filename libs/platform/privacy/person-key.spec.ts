import { after } from '@lib/platform/testing/given.js';
import { PersonKeyClaimed, PersonKeyReleased } from './person-key.events.js';
import { personKey } from './person-key.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [personKeyId, worker, volunteer, another] = [uuid(1), uuid(2), uuid(3), uuid(4)] as const;
const works = new PersonKeyClaimed({ personKeyId, role: 'WORKER', recordId: worker });
const volunteers = new PersonKeyClaimed({ personKeyId, role: 'VOLUNTEER', recordId: volunteer });

test('one human may be a worker and a volunteer, each with a record of its own', () =>
  expect(after(personKey, works, volunteers)).toEqual({ WORKER: worker, VOLUNTEER: volunteer }));
test('a record that is released leaves the other role alone', () =>
  expect(
    after(personKey, works, volunteers, new PersonKeyReleased({ personKeyId, role: 'WORKER', recordId: worker })).WORKER,
  ).toBeUndefined());
test('only the record that holds a role can be released from it', () =>
  expect(after(personKey, works, new PersonKeyReleased({ personKeyId, role: 'WORKER', recordId: another }))).toEqual({
    WORKER: worker,
  }));
