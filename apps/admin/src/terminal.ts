import type { Words } from '@lib/platform/kernel/event.js';

/** What a command line says, in the person's language: lines, and one line that changes while something takes long. */
export class Terminal {
  private saidAt = 0;

  constructor(readonly language: 'zh' | 'en') {}

  words({ zh, en }: Words): string {
    return this.language === 'zh' ? zh : en;
  }

  say(words: Words): void {
    console.log(this.words(words));
  }

  /** On a terminal one line that is written over; elsewhere a line every few seconds, and the last one. */
  progress(words: Words, last: boolean): void {
    if (process.stdout.isTTY) {
      process.stdout.write(`\r\u001b[K${this.words(words)}${last ? '\n' : ''}`);
      return;
    }
    if (!last && Date.now() - this.saidAt < 2_000) return;
    this.saidAt = Date.now();
    this.say(words);
  }
}
