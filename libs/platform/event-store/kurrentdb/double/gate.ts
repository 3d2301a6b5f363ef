import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before the double's server and does to its connections what networks do. */
export class Gate {
  private readonly pairs = new Set<readonly [near: Socket, far: Socket]>();
  private listener: Server | undefined;
  private port = 0;
  private swallowing = false;
  /** Milliseconds by which what the server says is held up. */
  delay = 0;

  private constructor(private readonly behind: number) {}

  static async before(port: number): Promise<Gate> {
    const gate = new Gate(port);
    await gate.open();
    return gate;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async open(): Promise<void> {
    const listener = createServer(near => this.join(near));
    await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(this.port, '127.0.0.1', resolve));
    this.listener = listener;
    const address = listener.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  /** Ends every connection at once. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  /** Connections that are there stay, and nothing comes through any more; new ones are as they should be. */
  blackHole(): void {
    for (const [near, far] of this.pairs) {
      for (const socket of [near, far]) socket.removeAllListeners('data').resume();
    }
  }

  /** As above, for new connections as well, until `swallow(false)`. */
  swallow(on: boolean): void {
    this.swallowing = on;
    if (on) this.blackHole();
  }

  /** Refuses connections until `open`. */
  async refuse(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    const closed = new Promise<void>(resolve => (listener ? listener.close(() => resolve()) : resolve()));
    this.cut();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect(this.behind, '127.0.0.1');
    const pair = [near, far] as const;
    this.pairs.add(pair);
    const hangUp = () => {
      this.pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on('error', hangUp).on('close', hangUp);
    if (this.swallowing) {
      for (const socket of pair) socket.resume();
      return;
    }
    near.on('data', chunk => far.write(chunk));
    far.on('data', chunk => (this.delay > 0 ? setTimeout(() => near.write(chunk), this.delay) : near.write(chunk)));
  }
}
