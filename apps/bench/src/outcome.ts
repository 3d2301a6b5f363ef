/** What a measure came to, against its bar. */
export interface Outcome {
  readonly measure: string;
  readonly figure: string;
  readonly bar: string;
  /** Left out where nothing was promised. */
  readonly met?: boolean;
}

/** Ours to a peer's or a limit's: the more the better. */
export const share = (measure: string, ratio: number, bar: number): Outcome => ({
  measure,
  figure: ratio.toFixed(2),
  bar: `≥ ${bar}`,
  met: ratio >= bar,
});

/** A time or size to the most that it may be. */
export const atMost = (measure: string, value: number, most: number, unit: string): Outcome => ({
  measure,
  figure: `${rounded(value)} / ${rounded(most)} ${unit} = ${(value / most).toFixed(2)}`,
  bar: '≤ 1',
  met: value <= most,
});

export const line = ({ measure, figure, bar, met }: Outcome) =>
  met === undefined ? `${measure}: ${figure}` : `${measure}: ${figure} (bar ${bar}) ${met ? 'ok' : 'MISSED'}`;

export const table = (outcomes: readonly Outcome[]): string =>
  [
    '| measure | ratio | bar | met? |',
    '| --- | ---: | ---: | --- |',
    ...outcomes.map(
      ({ measure, figure, bar, met }) =>
        `| ${measure} | ${figure} | ${bar} | ${met === undefined ? '–' : met ? 'yes' : '**no**'} |`,
    ),
  ].join('\n');

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** @param share from 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const rounded = (value: number) => (value >= 100 ? Math.round(value) : Number(value.toFixed(1)));
