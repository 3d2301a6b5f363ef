import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Stands before every wrapped key, so that keys under a later master key can be told from these. */
const keyNumber = 1;

/** The master key was given in a form that cannot be one. Nothing was started, nothing was written. */
export class MasterKeyUnreadable extends Error {
  override readonly name = 'MasterKeyUnreadable';

  constructor(place: { readonly zh: string; readonly en: string }) {
    super(
      `${place.zh}不是主密钥：须为 32 字节，写成 64 位十六进制或 44 位 base64。\n` +
        `${place.en} is not a master key: it must be 32 bytes, written as 64 hexadecimal digits or as 44 characters of base64.`,
    );
  }
}

/** A wrapped key does not open: it was changed, or put beside another subject. Stop, never skip. */
export class SubjectKeyDamaged extends Error {
  override readonly name = 'SubjectKeyDamaged';

  constructor(readonly subject: string) {
    super(`the wrapped key of ${subject} does not open`);
  }
}

/** The key above all keys. Never used itself: each use has a key of its own, derived from it by HKDF-SHA-256. */
export class MasterKey {
  private readonly wrapping: KeyObject;
  private readonly fingerprints: KeyObject;
  /** Tells one master key from another and gives nothing away. */
  readonly checkValue: Buffer;
  /** Signs the tokens of sessions. */
  readonly tokenSecret: Buffer;

  /** @param secret 32 bytes */
  constructor(secret: Buffer) {
    if (secret.length !== keyBytes) throw new Error(`a master key has ${keyBytes} bytes, not ${secret.length}`);
    const derived = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `yizhan ${use}`, keyBytes));
    this.wrapping = createSecretKey(derived('subject keys'));
    this.fingerprints = createSecretKey(derived('fingerprints of ID numbers'));
    this.checkValue = derived('check');
    this.tokenSecret = derived('session tokens');
  }

  /** @returns key number, nonce, tag and ciphertext, bound to the subject */
  wrap(subject: string, key: KeyObject): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.wrapping, nonce, { authTagLength: tagBytes });
    cipher.setAAD(boundTo(subject, keyNumber));
    const sealed = Buffer.concat([cipher.update(key.export()), cipher.final()]);
    return Buffer.concat([Buffer.of(keyNumber), nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws SubjectKeyDamaged */
  unwrap(subject: string, wrapped: Buffer): KeyObject {
    const [number = 0] = wrapped;
    if (number !== keyNumber || wrapped.length !== 1 + nonceBytes + tagBytes + keyBytes) throw new SubjectKeyDamaged(subject);
    const decipher = createDecipheriv('aes-256-gcm', this.wrapping, wrapped.subarray(1, 1 + nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(boundTo(subject, number));
    decipher.setAuthTag(wrapped.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes));
    try {
      return createSecretKey(Buffer.concat([decipher.update(wrapped.subarray(1 + nonceBytes + tagBytes)), decipher.final()]));
    } catch {
      throw new SubjectKeyDamaged(subject);
    }
  }

  /** HMAC-SHA-256: finds the same ID number again and cannot be tried out without this key. */
  fingerprint(idNumber: string): Buffer {
    return createHmac('sha256', this.fingerprints).update(idNumber, 'utf8').digest();
  }
}

const boundTo = (subject: string, number: number) => Buffer.from(`${subject}|${number}`, 'utf8');

/**
 * The master key from the environment's value or, without one, from a key file that is made (mode 0600) when missing.
 * A key file is never overwritten. A value that is set but empty counts as a bad key, not as absent.
 * @throws MasterKeyUnreadable
 */
export async function loadMasterKey(from: {
  readonly fromEnvironment?: string | undefined;
  readonly keyFile: string;
}): Promise<MasterKey> {
  if (from.fromEnvironment !== undefined) {
    return masterKeyOf(from.fromEnvironment, { zh: '环境变量里的值', en: 'The value from the environment' });
  }
  const text = (await textOf(from.keyFile)) ?? (await makeKeyFile(from.keyFile));
  return masterKeyOf(text, { zh: `密钥文件 ${from.keyFile} `, en: `The key file ${from.keyFile}` });
}

function masterKeyOf(text: string, place: { readonly zh: string; readonly en: string }): MasterKey {
  const written = text.trim();
  if (/^[0-9a-f]{64}$/i.test(written)) return new MasterKey(Buffer.from(written, 'hex'));
  if (/^[\w+/-]{43}=?$/.test(written)) return new MasterKey(Buffer.from(written, 'base64'));
  throw new MasterKeyUnreadable(place);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** @returns what the file holds in the end: another process may have been quicker */
async function makeKeyFile(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = `${randomBytes(keyBytes).toString('base64')}\n`;
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    const made = await putInPlace(draft, path);
    if (!made) return (await textOf(path))!;
    await keepEntry(dirname(path));
    return text;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

/** A link is refused where a file stands, a rename would replace it. @returns false when there was a file */
async function putInPlace(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // Some file systems have no hard links; there only the lock on the data folder keeps a second process away.
    if ((await textOf(path)) !== undefined) return false;
    await rename(draft, path);
    return true;
  }
}

async function keepEntry(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const entry = await open(folder, 'r');
  await entry.sync().finally(() => entry.close());
}
