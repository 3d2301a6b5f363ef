import { randomUUID } from 'node:crypto';
import { askKeys, type KeyDatabase } from './key-schema.js';
import type { MasterKey } from './master-key.js';

/** Finds the stream of the human behind an ID number. The stream's id is random: nothing about the number follows from it. */
export class PersonKeys {
  constructor(
    private readonly pool: KeyDatabase,
    private readonly masterKey: MasterKey,
  ) {}

  /**
   * @param idNumber that `parseCitizenId` accepts; `create` false leaves no trace of the question (dry runs)
   * @returns the same id for the same number; without `create`, for a number that is not known, an id that nothing will ever have
   * @throws KeysUnavailable
   */
  async streamIdFor(idNumber: string, { create }: { readonly create: boolean }): Promise<string> {
    const hmac = this.masterKey.fingerprint(idNumber.toUpperCase());
    for (;;) {
      const known = await this.ask('select stream_id from person_key where hmac = $1', [hmac]);
      if (known) return known;
      if (!create) return randomUUID();
      const insert = 'insert into person_key (hmac, stream_id) values ($1, $2) on conflict do nothing returning stream_id';
      const made = await this.ask(insert, [hmac, randomUUID()]);
      if (made) return made;
    }
  }

  /**
   * Takes over streams that have ids already, as of a simulated office. A number that is known keeps the stream that it has.
   * @param known ID numbers and the ids of their streams
   * @throws KeysUnavailable
   */
  async adopt(known: readonly { readonly idNumber: string; readonly streamId: string }[]): Promise<void> {
    if (known.length === 0) return;
    await askKeys(
      this.pool,
      'insert into person_key (hmac, stream_id) select * from unnest($1::bytea[], $2::uuid[]) on conflict do nothing',
      [known.map(({ idNumber }) => this.masterKey.fingerprint(idNumber.toUpperCase())), known.map(({ streamId }) => streamId)],
    );
  }

  private async ask(sql: string, values: unknown[]): Promise<string | undefined> {
    const [row] = await askKeys<{ stream_id: string }>(this.pool, sql, values);
    return row?.stream_id;
  }
}
