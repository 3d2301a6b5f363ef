let latest: string | undefined;

/** Positions are decimal strings of any length. */
const isBehind = (one: string, other: string) => one.length < other.length || (one.length === other.length && one < other);

/** The furthest place of the log that this page has heard of; every look asks for at least that. */
export const seenPosition = (): string | undefined => latest;

export function seePosition(position: string | null | undefined): void {
  if (position && /^\d+$/.test(position) && (latest === undefined || isBehind(latest, position))) latest = position;
}
