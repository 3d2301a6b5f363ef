import { KeysUnavailable } from '@lib/platform/privacy/key-schema.js';

/** As PostgreSQL, the operating system and the driver call a database that is away, starting, stopping, too full or silent. */
const codes = /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOENT|08\w{3}|25P03|57P0[123]|57014|53\w{3})$/;
const words =
  /timeout exceeded when trying to connect|^timeout expired$|^Query read timeout$|Connection terminated|is not queryable$/i;

/** The database or its connection failed before anything was written: what waiting can mend. */
export function isOutage(error: unknown): boolean {
  if (error instanceof KeysUnavailable) return true;
  const code = String((error as { code?: unknown } | undefined)?.code ?? '');
  return codes.test(code) || words.test(error instanceof Error ? error.message : '');
}
