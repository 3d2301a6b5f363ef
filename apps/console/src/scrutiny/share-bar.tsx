import { useWords, type WordKey } from '../shell/language.ts';

export interface BarPart {
  readonly kind: 'own' | 'acting' | 'missing';
  readonly count: number;
}

export const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);

/** A part of a whole as a bar; the sentence says the same, and each part has a pattern of its own. */
export function ShareBar({ parts, words, was }: { parts: readonly BarPart[]; words: string; was?: number | undefined }) {
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  return (
    <span className="share">
      {whole > 0 ? (
        <svg className="share-bar" aria-hidden focusable="false" preserveAspectRatio="none" viewBox="0 0 100 10">
          <Parts parts={parts} whole={whole} />
          {was === undefined ? null : (
            <rect className="share-was" x={Math.min(99.4, Math.max(0, was - 0.3))} width={0.9} height={10} />
          )}
        </svg>
      ) : null}
      <span className="share-words">{words}</span>
    </span>
  );
}

function Parts({ parts, whole }: { parts: readonly BarPart[]; whole: number }) {
  const widths = parts.map(({ count }) => shareOf(count, whole));
  return parts.map(({ kind }, nth) => {
    const x = widths.slice(0, nth).reduce((sum, width) => sum + width, 0);
    const width = widths[nth]!;
    return (
      <g key={kind}>
        <rect className={`share-${kind}`} x={x} y={0} width={width} height={10} />
        {kind === 'acting' ? <rect className="share-stripe" x={x} y={4} width={width} height={2} /> : null}
      </g>
    );
  });
}

/** What the patterns of the bars stand for. */
export function Legend({ words }: { words: readonly (readonly [BarPart['kind'], WordKey])[] }) {
  const { say } = useWords();
  return (
    <ul className="plain legend">
      {words.map(([kind, word]) => (
        <li key={kind}>
          <svg className="legend-mark" aria-hidden focusable="false" preserveAspectRatio="none" viewBox="0 0 100 10">
            <Parts parts={[{ kind, count: 1 }]} whole={1} />
          </svg>
          {say(word)}
        </li>
      ))}
    </ul>
  );
}

export const percent = (part: number, whole: number): string => `${Math.round(shareOf(part, whole))}%`;
