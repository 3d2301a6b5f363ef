import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrongMessageExamples } from '@lib/platform/feed/contract/examples.js';
import type { AsyncApiDocument } from '@lib/platform/feed/contract/asyncapi.js';
import { parserFaults } from './parser-faults.js';

// The parser takes a second for a document of this size, and many on a loaded machine.
jest.setTimeout(180_000);

const text = readFileSync(join(__dirname, '../../../docs/asyncapi.json'), 'utf8');
/** The document of one topic, so that the parser has little to do. */
function documentOf(topic: string): string {
  const { channels, operations, components, ...rest } = JSON.parse(text) as AsyncApiDocument;
  const channel = channels[topic]!;
  const messages = Object.keys(channel.messages).map(name => [name, components.messages[name]] as const);
  return JSON.stringify({
    ...rest,
    channels: { [topic]: channel },
    operations: { [`receive-${topic}`]: operations[`receive-${topic}`] },
    components: { ...components, messages: Object.fromEntries(messages) },
  });
}

/** A document with one place of it replaced. */
function planted(document: string, from: string, to: string): string {
  expect(document).toContain(from);
  return document.replace(from, to);
}

test('the committed document is AsyncAPI 3.0.0 without a fault', async () => {
  expect(JSON.parse(text)).toHaveProperty('asyncapi', '3.0.0');
  expect(await parserFaults(text)).toEqual([]);
});

describe('a fault is found', () => {
  const posting = documentOf('posting');

  test('the document of one topic has none before', async () => expect(await parserFaults(posting)).toEqual([]));

  test.each([
    ['a message that is not there', '#/components/messages/PostingStarted.v1', '#/components/messages/Nothing.v1'],
    ['an action that is none', '"action":"receive"', '"action":"read"'],
    ['a binding that Kafka does not have', '"partitions":3', '"partitions":0'],
    ['a schema that is none', '"type":"object"', '"type":"thing"'],
  ])('%s', async (_, from, to) => {
    expect(await parserFaults(planted(posting, from, to))).not.toEqual([]);
  });
});

test('what is no document at all is found', async () => expect(await parserFaults('{}')).not.toEqual([]));

describe('examples', () => {
  const examplesOf = (document: string) => wrongMessageExamples(JSON.parse(document) as AsyncApiDocument);

  test('of the committed document fit', () => expect(examplesOf(text)).toEqual([]));

  test.each([
    ['a header of another form', '"ce_previous": "-1"', '"ce_previous": "none"', /\/ce_previous must match pattern/],
    [
      'a header that says another type',
      '"ce_type": "yizhan.DivisionDefined.v1"',
      '"ce_type": "yizhan.Other.v1"',
      /DivisionDefined.*\/ce_type/,
    ],
    ['a header that is missing', '"ce_epoch": "7"', '"ce_era": "7"', /must have required property 'ce_epoch'/],
  ])('%s is found', (_, from, to, words) => {
    expect(examplesOf(planted(text, from, to))).toEqual([expect.stringMatching(words)]);
  });

  test('a value that is not told is found', () => {
    const document = JSON.parse(text) as AsyncApiDocument;
    const [example] = document.components.messages['ServiceStationClosed.v1']!.examples;
    Object.assign(example!.payload as object, { reason: '搬迁' });
    expect(wrongMessageExamples(document)).toEqual(['the example of ServiceStationClosed.v1: /reason is not told']);
  });
});
