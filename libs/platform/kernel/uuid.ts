import { hash } from 'node:crypto';

const known = new Map<string, Buffer>();

function bytesOf(uuid: string): Buffer {
  let bytes = known.get(uuid);
  if (!bytes) {
    bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
    known.set(uuid, bytes);
  }
  return bytes;
}

/** A name-based UUID (RFC 9562, version 5): the same namespace and name give the same id on every machine. */
export function uuidV5(namespace: string, name: string): string {
  const named = Buffer.allocUnsafe(16 + Buffer.byteLength(name));
  bytesOf(namespace).copy(named);
  named.write(name, 16);
  const hex = hash('sha1', named, 'hex');
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

/** Namespaces of our own name-based ids. Changing one would give every old thing a new id. */
export const namespaces = {
  command: '6f6f1d9e-6a0c-5b43-9d0a-5b0f6c7f1a01',
  event: '6f6f1d9e-6a0c-5b43-9d0a-5b0f6c7f1a02',
  division: '6f6f1d9e-6a0c-5b43-9d0a-5b0f6c7f1a03',
  policy: '6f6f1d9e-6a0c-5b43-9d0a-5b0f6c7f1a04',
  account: '6f6f1d9e-6a0c-5b43-9d0a-5b0f6c7f1a05',
} as const;
