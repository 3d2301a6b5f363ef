import { type RawBuilder, sql, type SqlBool } from 'kysely';

/** When a temporal read model is looked at. */
export interface Moment {
  /** As it was known at this position of the log; as it is known now when absent. */
  readonly asOf?: string | undefined;
  /** As it was on this date; as it is, as far as anybody knows, when absent. */
  readonly effectiveOn?: string | undefined;
}

export const now: Moment = {};

const column = (alias: string, name: string) => sql.ref(`${alias}.${name}`);

const known = (alias: string, { asOf }: Moment): RawBuilder<SqlBool> => {
  const [from, until] = [column(alias, 'recordedFrom'), column(alias, 'recordedUntil')];
  return asOf === undefined
    ? sql<SqlBool>`${until} is null`
    : sql<SqlBool>`${from} <= ${asOf}::bigint and (${until} is null or ${until} > ${asOf}::bigint)`;
};

/**
 * The predicate that picks the rows which hold at a moment: at most one for each key.
 * @param alias of a temporal read model within the query
 */
export function holds(alias: string, moment: Moment): RawBuilder<SqlBool> {
  const { effectiveOn } = moment;
  const [starts, ends] = [column(alias, 'effectiveFrom'), column(alias, 'effectiveUntil')];
  const effective =
    effectiveOn === undefined
      ? sql<SqlBool>`${ends} is null`
      : sql<SqlBool>`${starts} <= ${effectiveOn}::date and (${ends} is null or ${ends} > ${effectiveOn}::date)`;
  return sql<SqlBool>`(${known(alias, moment)} and ${effective})`;
}

/**
 * The predicate that picks all periods which are known at a moment; only those that hold on its day, if it names one.
 * @param alias of a temporal read model within the query
 */
export const everHeld = (alias: string, moment: Moment): RawBuilder<SqlBool> =>
  moment.effectiveOn === undefined ? sql<SqlBool>`(${known(alias, moment)})` : holds(alias, moment);
