/** A part of a zip file, as the directory at the file's end names it. */
export interface Part {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly packed: Uint8Array;
  /** Unpacked, as the file says; it may lie. */
  readonly size: number;
}

const marks = { part: 0x02014b50, end: 0x06054b50, longEnd: 0x06064b50, wayToLongEnd: 0x07064b50 } as const;
/** The end may carry a remark of 64 KiB. */
const longestEnd = 22 + 65_535;
const isElsewhere = 0xffffffff;

function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - longestEnd); at -= 1)
    if (view.getUint32(at, true) === marks.end) return at;
  throw new Error('no end of a zip file');
}

const long = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

function directoryOf(view: DataView): { readonly count: number; readonly start: number } {
  const end = endOf(view);
  if (end >= 20 && view.getUint32(end - 20, true) === marks.wayToLongEnd) {
    const longEnd = long(view, end - 12);
    if (view.getUint32(longEnd, true) === marks.longEnd)
      return { count: long(view, longEnd + 32), start: long(view, longEnd + 48) };
  }
  return { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
}

/** Some programs write every number with 64 bits, in a field of its own; there stand, in this order, those that are elsewhere. */
function inFull(view: DataView, numbers: readonly number[], from: number, to: number): readonly number[] {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    return numbers.map(number => {
      if (number !== isElsewhere) return number;
      next += 8;
      return long(view, next - 8);
    });
  }
  return numbers;
}

const methods: Readonly<Record<number, Part['method']>> = { 0: 'stored', 8: 'deflated' };

/**
 * What a zip file says it holds; nothing is unpacked.
 * @returns undefined when there are more than `most` parts
 * @throws when it is no zip file, or one whose parts cannot be read
 */
export function partsIn(bytes: Uint8Array, most: number): readonly Part[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start } = directoryOf(view);
  if (count > most) return undefined;
  const parts: Part[] = [];
  for (let at = start; parts.length < count;) {
    if (view.getUint32(at, true) !== marks.part) throw new Error('no part of a zip file');
    const afterName = at + 46 + view.getUint16(at + 28, true);
    const afterExtra = afterName + view.getUint16(at + 30, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, afterName));
    const numbers = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    const [size, length, header] = inFull(view, numbers, afterName, afterExtra) as [number, number, number];
    const method = methods[view.getUint16(at + 10, true)];
    if (!method) throw new Error(`${name} is packed in a way of its own`);
    const from = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    parts.push({ name, method, packed: bytes.subarray(from, from + length), size });
    at = afterExtra + view.getUint16(at + 32, true);
  }
  return parts;
}
