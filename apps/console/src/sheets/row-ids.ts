/** What the ids of the rows of a sheet follow from. */
export interface RowIds {
  /** Random, and kept in this browser: without it an id would say whether somebody stands in a list that can be guessed. */
  readonly salt: string;
  readonly account: string;
  readonly kind: string;
  /** Of everything that is in the file, or was pasted. */
  readonly digest: string;
}

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('');

const sha256 = async (bytes: BufferSource): Promise<string> => hex(await crypto.subtle.digest('SHA-256', bytes));

export const digestOf = sha256;

const asUuid = (digits: string) =>
  `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`;

/** The record's id and the command's key: the same for the same row of the same file, whenever and however often it is sent. */
export async function idsOfRow(ids: RowIds, row: number): Promise<{ readonly id: string; readonly key: string }> {
  const of = async (what: string) =>
    asUuid(await sha256(new TextEncoder().encode([what, ids.salt, ids.account, ids.kind, ids.digest, row].join('\n'))));
  const [id, key] = await Promise.all([of('record'), of('command')]);
  return { id, key };
}

const kept = 'yizhan.sheet-salt';

export function saltOfBrowser(): string {
  const known = localStorage.getItem(kept);
  if (known) return known;
  const salt = crypto.randomUUID();
  localStorage.setItem(kept, salt);
  return salt;
}
