import { strFromU8, strToU8, unzipSync, zipSync, type Unzipped, type Zippable } from 'fflate/browser';

/**
 * Stands in for `fflate` where files of Excel are read and written: the library starts threads from scripts that it makes up, which
 * the policy of the page forbids. This all runs in a thread of the console anyway.
 */
export { strFromU8, strToU8 };

/** A file of Excel of 5,000 rows has two or three megabytes inside, and some twenty parts. */
const mostBytes = 40_000_000;
const mostParts = 200;

/** What would grow beyond all measure when it is unpacked. */
export class TooMuchInside extends Error {}

type Done<Result> = (error: Error | null, result: Result) => void;

export function unzip(bytes: Uint8Array, done: Done<Unzipped>): void {
  let inside = 0;
  let parts = 0;
  try {
    const unpacked = unzipSync(bytes, {
      filter({ name, originalSize }) {
        parts += 1;
        const wanted = /\.(xml|rels)$/.test(name);
        if (wanted) inside += originalSize;
        // As much memory is taken as the file itself says; so that is looked at before.
        if (inside > mostBytes || parts > mostParts) throw new TooMuchInside();
        return wanted;
      },
    });
    done(null, unpacked);
  } catch (error) {
    done(error as Error, {});
  }
}

export function zip(files: Zippable, done: Done<Uint8Array>): void {
  done(null, zipSync(files));
}
export { unzipSync, zipSync };
