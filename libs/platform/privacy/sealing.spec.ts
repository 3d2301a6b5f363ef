import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { eventsOf, streamOfFact, type AnyFact, type AnyFactClass, type PersonalField } from '@lib/platform/kernel/event.js';
import { id, integer, listOf, optional, personal, sensitive, text } from '@lib/platform/kernel/shape.js';
import type { EventData } from '@lib/platform/event-store/event-store.js';
import { SubjectKeyMissing, type SubjectKeyOrErased, type SubjectKeys } from './key-ring.js';
import { erased, openFacts, openSealed, SealBroken, sealFacts, SubjectErased, type StoredFact } from './sealing.js';

const words = { zh: '', en: '' };
const event = eventsOf('helper', 'helperId');
class HelperRegistered extends event(
  'HelperRegistered',
  1,
  {
    helperId: id,
    remark: text,
    name: personal('helperId', text),
    birthYear: optional(personal('helperId', integer)),
    idNumber: sensitive('helperId', text),
    ailments: optional(sensitive('helperId', listOf(text))),
  },
  words,
) {}
class HelperPraised extends event('HelperPraised', 1, { helperId: id, times: integer, remark: optional(text) }, words) {}
class HelperMoved extends event(
  'HelperMoved',
  3,
  {
    helperId: id,
    shownName: optional(personal('helperId', text)),
    address: optional(sensitive('helperId', text)),
    remark: optional(text),
  },
  words,
  {
    1: ({ fullName, ...others }) => ({ ...others, shownName: fullName }),
    2: ({ street, ...others }) => ({ ...others, address: street }),
  },
) {}

function keys() {
  const kept = new Map<string, SubjectKeyOrErased>();
  const asked: (readonly string[])[] = [];
  const ring: SubjectKeys = {
    async keysFor(subjects, { create }) {
      asked.push(subjects);
      for (const subject of subjects) {
        if (!kept.has(subject) && !create) throw new SubjectKeyMissing([subject]);
        if (!kept.has(subject)) kept.set(subject, createSecretKey(randomBytes(32)));
      }
      return new Map(subjects.map(subject => [subject, kept.get(subject)!]));
    },
  };
  return { ring, kept, asked };
}

const helper = (fields: Partial<ConstructorParameters<typeof HelperRegistered>[0]> = {}) =>
  new HelperRegistered({ helperId: randomUUID(), remark: '', name: '张三', idNumber: '34052419800101001X', ...fields });
const stored = (fact: AnyFact, data: EventData): StoredFact => ({
  stream: streamOfFact(fact),
  type: fact.type,
  version: fact.class.version,
  data: JSON.parse(JSON.stringify(data)),
});
async function sealAll(facts: readonly AnyFact[], ring: SubjectKeys) {
  const sealed = await sealFacts(facts, ring);
  return facts.map((fact, at) => stored(fact, sealed[at]!));
}

test('nothing of a personal field can be read in what is stored, and absent fields are left out', async () => {
  const fact = helper({ remark: '可见', birthYear: undefined, ailments: ['高血压'] });
  const [data] = await sealFacts([fact], keys().ring);
  expect(Object.keys(data!)).toEqual(['helperId', 'remark', 'name', 'idNumber', 'ailments']);
  expect(data).toMatchObject({ helperId: fact.data.helperId, remark: '可见' });
  for (const name of ['name', 'idNumber', 'ailments']) {
    expect(data![name]).toMatch(new RegExp(`^yz1\\.A256GCM\\.${fact.data.helperId}\\.[\\w-]+$`));
  }
  const bytes = Object.values(data!).flatMap(value => [
    String(value),
    Buffer.from(String(value).split('.').at(-1)!, 'base64url').toString('utf8'),
  ]);
  for (const clear of ['张三', '34052419800101001X', '高血压']) expect(bytes.some(value => value.includes(clear))).toBe(false);
});

test('P2 is open for a projection, P3 opens for the page', async () => {
  const { ring } = keys();
  const fact = helper({ birthYear: 1980, ailments: ['高血压', '哮喘'] });
  const events = await sealAll([fact], ring);

  const [opened] = await openFacts(events, ring, 'P2');
  expect(opened!.type).toBe('HelperRegistered');
  expect(opened!.data).toMatchObject({ helperId: fact.data.helperId, remark: '', name: '张三', birthYear: 1980 });
  const { idNumber, ailments } = opened!.data as Record<string, string>;
  expect(idNumber).toContain(`helper-${fact.data.helperId}|HelperRegistered|1|idNumber|yz1.`);
  expect(await openSealed([ailments!, null, idNumber!], ring)).toEqual([['高血压', '哮喘'], null, '34052419800101001X']);

  expect((await openFacts(events, ring, 'P2+P3'))[0]!.data).toEqual(fact.data);
});

test('what was sealed is what opens, in any script', async () => {
  const { ring } = keys();
  const value = fc.string({ unit: 'binary', minLength: 0, maxLength: 200 }).filter(written => !written.includes('\0'));
  const written = fc.record(
    { name: value, birthYear: fc.integer(), idNumber: value, ailments: fc.array(value, { maxLength: 5 }) },
    { requiredKeys: ['name', 'idNumber'] },
  );
  await fc.assert(
    fc.asyncProperty(written, async fields => {
      const fact = helper(fields);
      expect((await openFacts(await sealAll([fact], ring), ring, 'P2+P3'))[0]!.data).toEqual(fact.data);
    }),
    { numRuns: 500 },
  );
});

test('half a character stays half a character', async () => {
  const { ring } = keys();
  const fact = helper({ name: '\ud83d' });
  expect((await openFacts(await sealAll([fact], ring), ring, 'P2'))[0]!.data).toMatchObject({ name: '\ud83d' });
});

test('a character 0x00 is refused before it is sealed, its escape is not', async () => {
  await expect(sealFacts([helper({ name: '张\0三' })], keys().ring)).rejects.toThrow('0x00');
  await expect(sealFacts([helper({ name: '张\\u0000三' })], keys().ring)).resolves.toHaveLength(1);
});

test('all facts ask for their keys at once, and facts that speak of nobody ask for none', async () => {
  const { ring, asked } = keys();
  const facts = [helper(), helper(), new HelperPraised({ helperId: randomUUID(), times: 2, remark: undefined })];
  const events = await sealAll(facts, ring);
  expect(asked.map(subjects => subjects.length)).toEqual([2]);
  await openFacts(events, ring, 'P2+P3');
  expect(asked.map(subjects => subjects.length)).toEqual([2, 2]);

  const [praised] = await sealFacts([facts[2]!], ring);
  expect(praised).toEqual({ helperId: facts[2]!.data['helperId'], times: 2 });
  expect(Object.keys(praised!)).toEqual(['helperId', 'times']);
  await openFacts([stored(facts[2]!, praised!)], ring, 'P2+P3');
  await openSealed([null, null], ring);
  expect(asked).toHaveLength(2);
});

describe('a ciphertext that was moved does not open', () => {
  const places = ['subject', 'stream', 'type', 'version', 'field'] as const;

  test('in a sealed value, whatever part of its place is changed: 1,000 times', async () => {
    const { ring, kept } = keys();
    // One key for all, so that only the place can tell one record from another.
    const [one, other] = [randomUUID(), randomUUID()];
    const key = createSecretKey(randomBytes(32));
    kept.set(one, key).set(other, key);
    const sealed: string[] = [];
    for (const fact of await openFacts(
      await sealAll(
        Array.from({ length: 200 }, () => helper({ helperId: one })),
        ring,
      ),
      ring,
      'P2',
    )) {
      sealed.push((fact.data as { idNumber: string }).idNumber);
    }
    let refused = 0;
    for (const value of sealed) {
      for (const place of places) {
        const moved = {
          subject: value.replace(`.${one}.`, `.${other}.`),
          stream: value.replace(`helper-${one}|`, `helper-${other}|`),
          type: value.replace('|HelperRegistered|', '|HelperMoved|'),
          version: value.replace('|1|', '|2|'),
          field: value.replace('|idNumber|', '|name|'),
        }[place];
        expect(moved).not.toBe(value);
        await expect(openSealed([moved], ring)).rejects.toThrow(SealBroken);
        refused += 1;
      }
      expect(await openSealed([value], ring)).toEqual(['34052419800101001X']);
    }
    expect(refused).toBe(1000);
  });

  test('between events and fields: 1,000 swaps of two tokens', async () => {
    const { ring } = keys();
    const helperId = randomUUID();
    const facts = Array.from({ length: 50 }, (_, at) =>
      helper({ ...(at % 2 ? { helperId } : {}), idNumber: '张三', birthYear: 1980 }),
    );
    const events = await sealAll(facts, ring);
    const slots = events.flatMap((_, at) => (['name', 'idNumber', 'birthYear'] as const).map(name => ({ at, name })));
    const different = fc
      .tuple(fc.constantFrom(...slots), fc.constantFrom(...slots))
      // The same field of two facts of one person's stream is the same place.
      .filter(([a, b]) => a.name !== b.name || events[a.at]!.stream !== events[b.at]!.stream);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(different, async ([a, b]) => {
        const swapped = events.map(({ data, ...rest }) => ({ ...rest, data: { ...data } as Record<string, unknown> }));
        swapped[a.at]!.data[a.name] = events[b.at]!.data[b.name];
        swapped[b.at]!.data[b.name] = events[a.at]!.data[a.name];
        for (const { at } of [a, b]) {
          await expect(openFacts([swapped[at]!], ring, 'P2+P3')).rejects.toThrow(SealBroken);
        }
        refused += 1;
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThanOrEqual(1000);
  });

  test('nor does one with any character changed', async () => {
    const { ring } = keys();
    const [sealed] = await openFacts(await sealAll([helper()], ring), ring, 'P2');
    const { idNumber } = sealed!.data as { idNumber: string };
    const payload = idNumber.lastIndexOf('.') + 1;
    // The last character also carries bits that stand for nothing.
    for (let at = payload; at < idNumber.length - 1; at += 1) {
      const changed = idNumber.slice(0, at) + (idNumber[at] === 'A' ? 'B' : 'A') + idNumber.slice(at + 1);
      await expect(openSealed([changed], ring)).rejects.toThrow(SealBroken);
    }
    for (const cut of [payload, payload + 10, payload + 37, idNumber.length - 4]) {
      await expect(openSealed([idNumber.slice(0, cut)], ring)).rejects.toThrow(SealBroken);
    }
  });
});

test('a clear text where a seal is due stops the reader, and is not repeated in the error', async () => {
  const { ring } = keys();
  const [event] = await sealAll([helper()], ring);
  const refused = await openFacts([{ ...event!, data: { ...event!.data, name: '李四光' } }], ring, 'P2').catch(error => error);
  expect(refused).toBeInstanceOf(SealBroken);
  expect(refused.message).not.toContain('李四光');
  const page = await openSealed(['李四光'], ring).catch(error => error);
  expect(page).toBeInstanceOf(SealBroken);
  expect(page.message).not.toContain('李四光');
});

describe('an erased person', () => {
  async function anErased() {
    const { ring, kept } = keys();
    const [gone, left] = [helper({ birthYear: 1980 }), helper({ name: '李四' })];
    const events = await sealAll([gone, left], ring);
    const projected = await openFacts(events, ring, 'P2');
    kept.set(gone.data.helperId, 'erased');
    return { ring, kept, gone, left, events, sealed: projected.map(fact => (fact.data as { idNumber: string }).idNumber) };
  }

  test('reads as erased, field by field; the others of the page read as before', async () => {
    const { ring, events, left, sealed, gone } = await anErased();
    const facts = await openFacts(events, ring, 'P2+P3');
    expect(facts[0]!.data).toMatchObject({
      helperId: gone.data.helperId,
      remark: '',
      name: erased,
      birthYear: erased,
      idNumber: erased,
    });
    expect(facts[1]!.data).toEqual(left.data);
    const page = await openSealed(sealed, ring);
    expect(page[0]).toBe(erased);
    expect(page[1]).toBe('34052419800101001X');
  });

  test('reads as whatever the caller shows for it', async () => {
    const { ring, events } = await anErased();
    expect((await openFacts(events, ring, 'P2', '已删除'))[0]!.data).toMatchObject({ name: '已删除', birthYear: '已删除' });
  });

  test('is written about no more', async () => {
    const { ring, gone } = await anErased();
    await expect(sealFacts([gone], ring)).rejects.toThrow(SubjectErased);
  });

  test('is not one whose key is missing: that stops the reader', async () => {
    const { ring, kept, gone, events, sealed } = await anErased();
    kept.delete(gone.data.helperId);
    await expect(openFacts(events, ring, 'P2')).rejects.toThrow(SubjectKeyMissing);
    await expect(openSealed(sealed, ring)).rejects.toThrow(SubjectKeyMissing);
  });
});

describe('facts that were written in an older version', () => {
  const helperId = randomUUID();
  /** A fact as the program of that time declared it. */
  function writtenAs(version: number, data: EventData, personalFields: readonly Omit<PersonalField, 'subject'>[]): AnyFact {
    const then = { ...HelperMoved, version, category: 'helper', idField: 'helperId' };
    const declared = { ...then, personalFields: personalFields.map(field => ({ ...field, subject: 'helperId' })) };
    return { type: 'HelperMoved', data: { helperId, ...data }, class: declared as unknown as AnyFactClass };
  }
  const first = (data: EventData) =>
    writtenAs(1, data, [
      { name: 'fullName', class: 'P2' },
      { name: 'street', class: 'P2' },
    ]);

  test("open under today's names and classes, by the name and version that they were sealed in", async () => {
    const { ring } = keys();
    const events = await sealAll([first({ fullName: '张三', street: '人民大街 1 号' })], ring);
    const [opened] = await openFacts(events, ring, 'P2');
    const { shownName, address } = opened!.data as Record<string, string>;
    expect(shownName).toBe('张三');
    expect(address).toContain('|HelperMoved|1|street|yz1.');
    expect(await openSealed([address!], ring)).toEqual(['人民大街 1 号']);
    expect((await openFacts(events, ring, 'P2+P3'))[0]!.data).toEqual({ helperId, shownName: '张三', address: '人民大街 1 号' });
  });

  test('do not open when tokens were moved behind the back of a renaming', async () => {
    const { ring } = keys();
    const [event] = await sealAll([first({ fullName: '张三', street: '人民大街 1 号' })], ring);
    const { fullName, street } = event!.data;
    for (const data of [
      { helperId, fullName: street, street: fullName },
      { helperId, fullName: street, street },
      { helperId, street, fullName: street },
    ]) {
      await expect(openFacts([{ ...event!, data }], ring, 'P2')).rejects.toThrow(SealBroken);
    }
  });

  test('stop the reader when an upcast made a personal value up', async () => {
    const { ring } = keys();
    const made = { stream: `helper-${helperId}`, type: 'HelperMoved', version: 2, data: { helperId, street: 'unknown' } };
    await expect(openFacts([made], ring, 'P2')).rejects.toThrow(SealBroken);
  });

  test('a text that looks like a seal stays a text where nothing personal is due, in any version', async () => {
    const { ring } = keys();
    const [real] = await sealAll([helper({ helperId })], ring);
    for (const remark of ['yz1.A256GCM.', `yz1.A256GCM.${helperId}.AAAA`, real!.data['name'] as string]) {
      const facts = [helper({ helperId, remark }), first({ fullName: '张三', remark })];
      for (const opened of await openFacts(await sealAll(facts, ring), ring, 'P2+P3'))
        expect(opened.data).toMatchObject({ remark });
    }
  });
});

test('no two of 100,000 seals of one key have the same nonce', async () => {
  const { ring } = keys();
  const helperId = randomUUID();
  const nonces = new Set<string>();
  const facts = Array.from({ length: 50_000 }, () => helper({ helperId }));
  for (const { name, idNumber } of await sealFacts(facts, ring)) {
    for (const token of [name, idNumber]) nonces.add(String(token).slice(`yz1.A256GCM.${helperId}.`.length).slice(0, 16));
  }
  expect(nonces.size).toBe(100_000);
});
