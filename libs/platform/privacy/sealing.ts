import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { revive, streamOfFact, type AnyFact, type PersonalField } from '@lib/platform/kernel/event.js';
import { isUuid } from '@lib/platform/kernel/uuid.js';
import { InvalidAppend, type EventData } from '@lib/platform/event-store/event-store.js';
import type { SubjectKey, SubjectKeyOrErased, SubjectKeys } from './key-ring.js';

/*
 * token         yz1.A256GCM.<subject>.<base64url of nonce, tag, ciphertext>     stands in the data of an event
 * sealed value  <stream>|<type>|<version>|<field>|<token>                       stands in a read model, opens by itself
 *
 * Authenticated is everything before the last dot of the sealed value: a ciphertext that was moved to another subject, stream,
 * type, version or field does not open. The plaintext is JSON.
 */
const algorithm = 'yz1.A256GCM.';
const uuidLength = 36;
const headLength = algorithm.length + uuidLength;
const nonceBytes = 12;
const tagBytes = 16;

/** A P3 value as a read model keeps it; `openSealed` needs nothing else to open it. */
export type SealedValue = string;

/** What every value of an erased person reads as. */
export const erased = Object.freeze({ erased: true } as const);
export type Erased = typeof erased;

/** A personal value is not what was sealed there: it was changed, moved, or never sealed. Stop, never skip. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Nothing more is recorded about a person who was erased. */
export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';

  constructor(readonly subject: string) {
    super(`${subject} was erased`);
  }
}

/** An event as the store keeps it, with the version that it was written in. */
export interface StoredFact {
  readonly stream: string;
  readonly type: string;
  readonly version: number;
  readonly data: EventData;
}

/**
 * The data of facts as they are stored: personal fields are tokens, absent fields are left out.
 * @throws SubjectErased, KeysUnavailable, InvalidAppend for a character 0x00, which no read model could hold
 */
export async function sealFacts(facts: readonly AnyFact[], keyRing: SubjectKeys): Promise<EventData[]> {
  const subjects = new Set(facts.flatMap(fact => presentIn(fact).map(({ subject }) => fact.data[subject] as string)));
  const keys = subjects.size > 0 ? await keyRing.keysFor([...subjects], { create: true }) : new Map<string, SubjectKeyOrErased>();
  return facts.map(fact => sealFact(fact, keys));
}

const none: readonly PersonalField[] = [];

function presentIn({ class: { personalFields }, data }: AnyFact): readonly PersonalField[] {
  return personalFields.length === 0 ? none : personalFields.filter(({ name }) => data[name] !== undefined);
}

function sealFact(fact: AnyFact, keys: ReadonlyMap<string, SubjectKeyOrErased>): EventData {
  const data: Record<string, unknown> = {};
  for (const name in fact.data) {
    if (fact.data[name] !== undefined) data[name] = fact.data[name];
  }
  for (const { name, subject: subjectField } of presentIn(fact)) {
    const subject = data[subjectField] as string;
    const key = keys.get(subject)!;
    if (key === 'erased') throw new SubjectErased(subject);
    data[name] = seal(placeOf(streamOfFact(fact), fact.type, fact.class.version, name), subject, data[name], key);
  }
  return data;
}

const placeOf = (stream: string, type: string, version: number, field: string) => `${stream}|${type}|${version}|${field}|`;

function seal(place: string, subject: string, value: unknown, key: SubjectKey): string {
  const json = JSON.stringify(value);
  if (json.includes('\\u0000') && /(?<!\\)(?:\\\\)*\\u0000/.test(json))
    throw new InvalidAppend('a character 0x00 cannot be stored');
  const head = `${algorithm}${subject}`;
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(place + head, 'utf8'));
  const sealed = cipher.update(json, 'utf8');
  cipher.final();
  return `${head}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

const nonces = Buffer.allocUnsafe(nonceBytes * 512);
let noncesUsed = nonces.length;

/** Random, 96 bits; drawn many at a time. */
function nextNonce(): Buffer {
  if (noncesUsed === nonces.length) {
    randomFillSync(nonces);
    noncesUsed = 0;
  }
  noncesUsed += nonceBytes;
  return nonces.subarray(noncesUsed - nonceBytes, noncesUsed);
}

/**
 * Stored events as facts of today, P2 fields open; P3 fields are open too, or become sealed values for a read model.
 *
 * Upcasts come first and see tokens, as they do where streams are folded: they may drop, rename or copy a personal field and never
 * look into it or make one up. Then today's shape alone says which fields are personal, so what a person typed into any other field is
 * never taken for a token, and a field that moved from P2 to P3 is P3 for old events too. A token belongs to the field that held it in
 * the stored data, which is found again by the token itself: no two are alike.
 *
 * @param erasedAs stands for every value of an erased person
 * @throws SubjectKeyMissing, SealBroken, KeysUnavailable, for the whole batch; a type or version that this program does not know
 */
export async function openFacts(
  events: readonly StoredFact[],
  keyRing: SubjectKeys,
  open: 'P2' | 'P2+P3',
  erasedAs: unknown = erased,
): Promise<AnyFact[]> {
  const gaps: { readonly data: Record<string, unknown>; readonly name: string }[] = [];
  const sealed: SealedValue[] = [];
  const facts = events.map(event => {
    const fact = revive(event.type, event.version, event.data);
    const present = presentIn(fact);
    if (present.length === 0) return fact;
    const data: Record<string, unknown> = { ...fact.data };
    for (const { name, class: personalClass } of present) {
      const value = sealedValueOf(event, fact, name);
      data[name] = value;
      if (personalClass === 'P2' || open === 'P2+P3') {
        gaps.push({ data, name });
        sealed.push(value);
      }
    }
    return new fact.class(data as never);
  });
  const values = await openSealed(sealed, keyRing);
  gaps.forEach(({ data, name }, at) => (data[name] = values[at] === erased ? erasedAs : values[at]));
  return facts;
}

function sealedValueOf({ stream, type, version, data }: StoredFact, fact: AnyFact, name: string): SealedValue {
  const token = fact.data[name];
  const held = version === fact.class.version ? [name] : Object.keys(data).filter(field => data[field] === token);
  if (typeof token !== 'string' || !token.startsWith(algorithm) || held.length !== 1)
    throw broken(placeOf(stream, type, version, name));
  return placeOf(stream, type, version, held[0]!) + token;
}

/**
 * Opens a page of sealed values in one go.
 * @returns each value as it was sealed, `erased` for that of an erased person, null for null
 * @throws SubjectKeyMissing, SealBroken, KeysUnavailable, for the whole page
 */
export async function openSealed(
  values: readonly (SealedValue | null)[],
  keyRing: SubjectKeys,
): Promise<(unknown | Erased | null)[]> {
  const seals = values.map(value => (value === null ? null : parse(value)));
  const subjects = new Set<string>();
  for (const parsed of seals) if (parsed) subjects.add(parsed.subject);
  if (subjects.size === 0) return seals.map(() => null);
  const keys = await keyRing.keysFor([...subjects], { create: false });
  return seals.map(parsed => {
    if (!parsed) return null;
    const key = keys.get(parsed.subject)!;
    return key === 'erased' ? erased : unseal(parsed, key);
  });
}

interface Seal {
  readonly subject: string;
  readonly authenticated: string;
  readonly payload: string;
}

function parse(value: SealedValue): Seal {
  const end = value.lastIndexOf('.');
  const start = end - headLength;
  const subject = value.slice(start + algorithm.length, end);
  if (start < 1 || value[start - 1] !== '|' || !value.startsWith(algorithm, start) || !isUuid(subject))
    throw broken('a read model');
  return { subject, authenticated: value.slice(0, end), payload: value.slice(end + 1) };
}

function unseal({ authenticated, payload }: Seal, key: SubjectKey): unknown {
  const bytes = Buffer.from(payload, 'base64url');
  const place = authenticated.slice(0, -headLength);
  if (bytes.length <= nonceBytes + tagBytes) throw broken(place);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(authenticated, 'utf8'));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const json = decipher.update(bytes.subarray(nonceBytes + tagBytes));
  try {
    decipher.final();
  } catch {
    throw broken(place);
  }
  return JSON.parse(json.toString('utf8'));
}

/** Says where, and nothing of what was found there. */
const broken = (place: string) => new SealBroken(`no unbroken seal of its own in ${place}`);
