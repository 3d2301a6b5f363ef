import type { Words } from '@lib/platform/kernel/event.js';

/** The log cannot be used as it is; a sentence for the person who starts the system. */
export class KurrentUnusable extends Error {
  constructor(
    readonly words: Words,
    cause?: unknown,
  ) {
    super(words.en, { cause });
  }
}
