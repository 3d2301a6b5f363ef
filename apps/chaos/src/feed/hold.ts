import type { Point, SaidByRelay } from './said.js';

/** Stops the way of a page at a point that was asked for, until it is told to go on, or killed there. */
export class Hold {
  private armed: { readonly at: Point; after: number } | undefined;
  private release: () => void = () => undefined;

  constructor(private readonly say: (said: SaidByRelay) => void) {}

  arm(at: Point, after: number): void {
    this.armed = { at, after };
  }

  go(): void {
    this.release();
  }

  /** @param position of the last fact of the page that is at this point */
  async reach(at: Point, position: number): Promise<void> {
    const { armed } = this;
    if (armed?.at !== at) return;
    armed.after -= 1;
    if (armed.after > 0) return;
    this.armed = undefined;
    const released = new Promise<void>(resolve => {
      this.release = resolve;
    });
    this.say({ said: 'holding', at, position });
    await released;
  }
}
