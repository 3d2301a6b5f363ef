const uuid = { type: 'string', format: 'uuid' } as const;

const receipt = {
  type: 'object',
  description: 'What was done. The same key and body give the same receipt again.',
  required: ['commandId', 'position', 'streams', 'facts'],
  properties: {
    commandId: { ...uuid, description: 'Made of sender, command, stream and Idempotency-Key' },
    position: { type: 'string', description: 'Of its last fact in the log; send it as X-After to see at least this' },
    streams: {
      type: 'array',
      description: 'The streams that it wrote, with their revisions now',
      items: {
        type: 'object',
        required: ['stream', 'revision'],
        properties: { stream: { type: 'string' }, revision: { type: 'integer' } },
      },
    },
    facts: {
      type: 'array',
      description: 'The facts that it wrote, by name, in order; empty when nothing was new',
      items: { type: 'string' },
    },
  },
  example: {
    commandId: '5f0c8f52-0f5e-5a3e-9b8e-0a8f3c9f4b11',
    position: '13021',
    streams: [{ stream: 'serviceStation-0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11', revision: 1 }],
    facts: ['SocialWorkerAssigned', 'PostingStarted'],
  },
} as const;

const rehearsal = {
  type: 'object',
  description: 'What would be done. Nothing was written.',
  required: ['dryRun', 'facts'],
  properties: {
    dryRun: { type: 'boolean', const: true },
    facts: {
      type: 'array',
      description: 'The facts that would be written, in order',
      items: {
        type: 'object',
        required: ['type', 'stream', 'data'],
        properties: {
          type: { type: 'string' },
          stream: { type: 'string' },
          data: { type: 'object', additionalProperties: true },
        },
      },
    },
  },
  example: {
    dryRun: true,
    facts: [
      {
        type: 'ServiceStationResumed',
        stream: 'serviceStation-0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11',
        data: { stationId: '0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11', from: '2026-03-02' },
      },
    ],
  },
} as const;

const problem = {
  type: 'object',
  description:
    'RFC 9457. `code` is stable and greppable; `detail` is a sentence in the language of Accept-Language (zh-CN unless en).',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', description: 'A URN made of the code' },
    title: { type: 'string', description: 'What kind of no it is' },
    status: { type: 'integer', description: 'The HTTP status' },
    code: { type: 'string', description: 'A kebab-case sentence, unique in the office' },
    detail: { type: 'string', description: 'The sentence to show to the person, as it is' },
    instance: { type: 'string', description: 'The id of the request' },
    details: { type: 'object', description: 'What the refusal speaks of', additionalProperties: true },
    errors: {
      type: 'array',
      description: 'One entry per field, parameter or header that is wrong',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
    expected: { type: 'integer', description: 'With 412: the revision in If-Match' },
    actual: { type: 'integer', description: 'With 412: the revision after the last of `changes`' },
    changes: {
      type: 'array',
      description: 'With 412: who changed what since',
      items: { type: 'object', additionalProperties: true },
    },
  },
  example: {
    type: 'urn:yizhan:problem:station-already-staffed',
    title: '不能这样做',
    status: 409,
    code: 'station-already-staffed',
    detail: '该服务站已有社工:一站一社工,请先免去或直接更换',
  },
} as const;

/** What every command answers, and every no. */
export const commonSchemas = { Receipt: receipt, Rehearsal: rehearsal, Problem: problem } as const;
