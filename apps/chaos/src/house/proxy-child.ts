import { Child } from '../child.js';
import type { ProxySetup, SaidByProxy, ToldToProxy, Way } from './said.js';

/** A line of TCP that can be cut in several ways, in a process of its own. */
export class ProxyChild extends Child<ToldToProxy, SaidByProxy> {
  port = 0;
  /** Answers that were lost on purpose. */
  lost = 0;
  private cutLines: number | undefined;
  private isMended = false;

  private constructor(setup: ProxySetup) {
    super('house/proxy-process.js', setup);
  }

  static async start(setup: ProxySetup): Promise<ProxyChild> {
    const child = new ProxyChild(setup);
    await child.until('the proxy listens', () => child.port > 0);
    return child;
  }

  protected override hear(said: SaidByProxy): void {
    if (said.said === 'listening') this.port = said.port;
    else if (said.said === 'lost') this.lost = said.lost;
    else if (said.said === 'cut') this.cutLines = said.lines;
    else this.isMended = true;
  }

  /** @returns how many open connections that cut */
  async cut(way: Way): Promise<number> {
    this.cutLines = undefined;
    this.tell({ do: 'cut', way });
    await this.until('the line is cut', () => this.cutLines !== undefined);
    return this.cutLines!;
  }

  async mend(): Promise<void> {
    this.isMended = false;
    this.tell({ do: 'mend' });
    await this.until('the line is mended', () => this.isMended);
  }
}
