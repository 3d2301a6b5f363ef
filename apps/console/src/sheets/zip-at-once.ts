import { Inflate, strFromU8, strToU8, unzipSync, zipSync, type Unzipped, type Zippable } from 'fflate/browser';
import { extentOf } from './sheet-extent.ts';
import { partsIn, type Part } from './zip-directory.ts';

/**
 * Stands in for `fflate` where files of Excel are read and written: the library starts threads from scripts that it makes up, which
 * the policy of the page forbids. This all runs in a thread of the console anyway.
 */
export { strFromU8, strToU8 };

/** A file of Excel of 5,000 rows has two or three megabytes inside, and some twenty parts. */
export const mostBytes = 40_000_000;
const mostParts = 200;
/** Deflate makes at most 1,032 bytes of one; so this bounds what is unpacked before it is counted. */
const bite = 4_096;

/** What would grow beyond all measure when it is unpacked. */
export class TooMuchInside extends Error {}

type Done<Result> = (error: Error | null, result: Result) => void;

/** No more memory is taken than the directory says, and a part that holds more than that is not cut but refused. */
function unpacked({ name, method, packed, size }: Part): Unzipped[string] {
  const whole = new Uint8Array(size);
  let at = 0;
  const take = (piece: Uint8Array) => {
    if (at + piece.length > size) throw new TooMuchInside();
    whole.set(piece, at);
    at += piece.length;
  };
  if (method === 'stored') take(packed);
  else {
    const inflate = new Inflate(take);
    for (let from = 0; from < packed.length; from += bite)
      inflate.push(packed.subarray(from, from + bite), from + bite >= packed.length);
  }
  if (at < size) throw new Error(`${name} is shorter than it says`);
  return whole;
}

function looked(part: Unzipped[string]): Unzipped[string] {
  const extent = extentOf(strFromU8(part));
  if (extent === 'too-large') throw new TooMuchInside();
  if (extent === 'no-sheet') throw new Error('no sheet of Excel is written like that');
  return part;
}

export function unzip(bytes: Uint8Array, done: Done<Unzipped>): void {
  try {
    const parts = partsIn(bytes, mostParts);
    if (!parts) throw new TooMuchInside();
    const wanted = parts.filter(({ name }) => /\.(xml|rels)$/.test(name));
    if (wanted.reduce((inside, { size }) => inside + size, 0) > mostBytes) throw new TooMuchInside();
    done(null, Object.fromEntries(wanted.map(part => [part.name, looked(unpacked(part))])));
  } catch (error) {
    done(error as Error, {});
  }
}

export function zip(files: Zippable, done: Done<Uint8Array>): void {
  done(null, zipSync(files));
}
export { unzipSync, zipSync };
