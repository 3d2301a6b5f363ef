import { randomUUID } from 'node:crypto';
import pino from 'pino';
import request from 'supertest';
import { bringDivisions, openPilotAccounts } from '@lib/house/first-day.js';
import { openFoundation } from '@lib/house/foundation.js';
import type { Databases } from '@lib/house/databases.js';
import { openHouse, type House } from '@lib/house/house.js';
import { knownOffice } from '@lib/house/known-office.js';
import type { MasterKey } from '@lib/platform/privacy/master-key.js';
import { divisionIdOf } from '@lib/territory/division/division.js';

const log = pino({ level: 'silent' });

/** The first day of a house whose province is all there is. */
export async function foundSmallHouse(databases: Databases, masterKey: MasterKey, password: string): Promise<void> {
  const foundation = await openFoundation({ databases, masterKey, log });
  try {
    await bringDivisions(foundation.store, () => undefined, {
      asOf: '2023-10-01',
      source: 'spec',
      divisions: [{ code: '22', name: '吉林省', kind: 'PROVINCE', level: 'PROVINCE', parentCode: null }],
    });
    await openPilotAccounts({ store: foundation.store, sessions: knownOffice(foundation).sessions }, password);
  } finally {
    await foundation.close();
  }
}

/** Listening on a free port. */
export async function openSmallHouse(databases: Databases, masterKey: MasterKey): Promise<House & { readonly url: string }> {
  const house = await openHouse({ databases, masterKey, log });
  await house.app.listen(0, '127.0.0.1');
  return { ...house, url: await house.app.getUrl() };
}

/** An application, by anybody: it is sealed with a new key and appended. */
export async function apply(url: string, idNumber: string): Promise<string> {
  const volunteerId = randomUUID();
  const person = { name: '朴英姬', idNumber, phone: '13843300001', homeDivisionId: divisionIdOf('22') };
  const answer = await request(url)
    .post('/api/volunteers')
    .set('idempotency-key', randomUUID())
    .send({ volunteerId, ...person });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return volunteerId;
}
