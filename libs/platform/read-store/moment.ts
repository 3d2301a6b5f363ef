import { type RawBuilder, sql, type SqlBool } from 'kysely';

/** When a temporal read model is looked at. */
export interface Moment {
  /** As it was known at this position of the log; as it is known now when absent. */
  readonly asOf?: string | undefined;
  /** As it was on this date; as it is, as far as anybody knows, when absent. */
  readonly effectiveOn?: string | undefined;
}

export const now: Moment = {};

/**
 * The predicate that picks the rows which hold at a moment: at most one for each key.
 * @param alias of a temporal read model within the query
 */
export function holds(alias: string, { asOf, effectiveOn }: Moment): RawBuilder<SqlBool> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const [from, until] = [column('recordedFrom'), column('recordedUntil')];
  const [starts, ends] = [column('effectiveFrom'), column('effectiveUntil')];
  const known =
    asOf === undefined
      ? sql<SqlBool>`${until} is null`
      : sql<SqlBool>`${from} <= ${asOf}::bigint and (${until} is null or ${until} > ${asOf}::bigint)`;
  const effective =
    effectiveOn === undefined
      ? sql<SqlBool>`${ends} is null`
      : sql<SqlBool>`${starts} <= ${effectiveOn}::date and (${ends} is null or ${ends} > ${effectiveOn}::date)`;
  return sql<SqlBool>`(${known} and ${effective})`;
}
