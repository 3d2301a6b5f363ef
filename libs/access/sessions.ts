import { hash, verify } from '@node-rs/argon2';
import { jwtVerify, SignJWT } from 'jose';
import type { Pool } from 'pg';
import type { Principal } from '@lib/platform/kernel/access.js';
import type { Authenticator } from '@lib/platform/cqrs/guard.js';
import { No } from '@lib/platform/cqrs/no.js';
import { makeTables, type TableDatabase } from '@lib/platform/schema/make-tables.js';
import type { AccountDirectory } from './account/account-directory.js';

/** How long a token lasts, in seconds. */
export const tokenSeconds = 3600;
const triesPerMinute = 10;
const rememberedTokens = 10_000;
const rememberedAccounts = 10_000;

// OWASP's second choice of parameters for argon2id: 19 MiB, two passes.
const argon2id = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export class SignInRefused extends No {
  constructor() {
    super(401, 'sign-in-refused', { zh: '账号或密码不正确', en: 'The account or the password is not right' });
  }
}

export class TooManyTries extends No {
  constructor() {
    super(429, 'too-many-tries', { zh: '尝试次数过多,请一分钟后再试', en: 'Too many tries; wait a minute' });
  }
}

export interface Session {
  readonly token: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

export async function createCredentialSchema(client: TableDatabase): Promise<void> {
  await makeTables(
    client,
    'access',
    `
    create schema if not exists access;
    create table if not exists access.credential (
      account_id uuid primary key,
      hash text not null,
      set_at timestamptz not null default now()
    )`,
  );
}

/** Local accounts: passwords by argon2id, tokens that say only who it is. What one may is asked of the directory at every request. */
export class Sessions implements Authenticator {
  private readonly seen = new Map<string, { readonly accountId: string; readonly expires: number }>();
  private readonly tries = new Map<string, readonly number[]>();
  private dummy: Promise<string> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly accounts: AccountDirectory,
    private readonly secret: Uint8Array,
    private readonly clock: () => number = Date.now,
  ) {}

  async setPassword(accountId: string, password: string): Promise<void> {
    await this.pool.query(
      'insert into access.credential (account_id, hash) values ($1, $2) on conflict (account_id) do update set hash = excluded.hash, set_at = now()',
      [accountId, await hash(password, argon2id)],
    );
  }

  /** @returns the ids among `accountIds` that have no password yet */
  async withoutPassword(accountIds: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ account_id: string }>(
      'select account_id from access.credential where account_id = any($1)',
      [accountIds],
    );
    const known = new Set(rows.map(row => row.account_id));
    return accountIds.filter(accountId => !known.has(accountId));
  }

  /** @throws SignInRefused alike for an unknown account and a wrong password; TooManyTries */
  async signIn(account: string, password: string): Promise<Session> {
    const now = this.clock();
    const recent = (this.tries.get(account) ?? []).filter(at => at > now - 60_000);
    if (recent.length >= triesPerMinute) throw new TooManyTries();
    // Counted before the password is looked at: many at once are not more than one after the other.
    this.tries.delete(account);
    if (this.tries.size >= rememberedAccounts) this.tries.delete(this.tries.keys().next().value!);
    this.tries.set(account, [...recent, now]);
    const known = this.accounts.named(account);
    const stored =
      known &&
      (await this.pool.query<{ hash: string }>('select hash from access.credential where account_id = $1', [known.accountId]))
        .rows[0]?.hash;
    // An unknown account takes as long as a wrong password.
    this.dummy ??= hash('no such account', argon2id);
    const right = await verify(stored ?? (await this.dummy), password);
    if (!known || !stored || !right) throw new SignInRefused();
    this.tries.delete(account);
    const issued = Math.floor(now / 1000);
    const expires = issued + tokenSeconds;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('yizhan')
      .setAudience('yizhan')
      .setSubject(known.accountId)
      .setIssuedAt(issued)
      .setExpirationTime(expires)
      .sign(this.secret);
    return { token, expiresAt: new Date(expires * 1000).toISOString() };
  }

  async principalBehind(token: string): Promise<Principal | undefined> {
    const now = this.clock();
    let known = this.seen.get(token);
    if (!known) {
      try {
        const { payload } = await jwtVerify(token, this.secret, {
          algorithms: ['HS256'],
          typ: 'JWT',
          issuer: 'yizhan',
          audience: 'yizhan',
          requiredClaims: ['sub', 'exp', 'iat'],
          currentDate: new Date(now),
        });
        known = { accountId: payload.sub!, expires: payload.exp! * 1000 };
      } catch {
        return undefined;
      }
      if (this.seen.size >= rememberedTokens) this.seen.clear();
      this.seen.set(token, known);
    }
    if (known.expires <= now) {
      this.seen.delete(token);
      return undefined;
    }
    const account = this.accounts.find(known.accountId);
    return account && { id: account.accountId, name: account.account };
  }
}
