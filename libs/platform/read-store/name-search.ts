import { sql, type RawBuilder, type SqlBool } from 'kysely';

const likely = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&');

/**
 * Whether a name is meant: letters are the beginning of its pinyin or of its initials, everything else is a part of the name.
 * @param alias of a read model with `name`, `spelling` and `initials`, and with `formerNames` if these count too
 */
export function isNamed(alias: string, sought: string, formerNames = false): RawBuilder<SqlBool> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const letters = sought.toLowerCase().replaceAll(/[\s']/g, '');
  if (/^[a-z0-9]+$/.test(letters)) {
    return sql<SqlBool>`(${column('spelling')} like ${`${letters}%`} or ${column('initials')} like ${`${letters}%`})`;
  }
  const part = `%${likely(sought)}%`;
  const present = sql<SqlBool>`${column('name')} like ${part}`;
  return formerNames ? sql<SqlBool>`(${present} or array_to_string(${column('formerNames')}, ' ') like ${part})` : present;
}
