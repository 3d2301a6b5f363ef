import { appendFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { Random } from '../random.js';
import type { ProxySetup, SaidByProxy, ToldToProxy, Way } from './said.js';

const { target, seed, loseAnswers, notes } = JSON.parse(process.argv[2]!) as ProxySetup;
const random = new Random(seed);
const say = (said: SaidByProxy) => void process.send?.(said);

const slowly = { bytes: 512, every: 50 };
/** After which a server hears from its keep-alive that the other end has gone, once the line is mended; as the house asks of it. */
const keepAlive = 20_000;

interface Line {
  readonly near: Socket;
  readonly far: Socket;
  /** Since it was cut, nothing of it passes any more. */
  way: Way | undefined;
}

const lines = new Set<Line>();
let way: Way | undefined;
let lost = 0;

const end = (line: Line) => {
  lines.delete(line);
  line.near.destroy();
  line.far.destroy();
};

/** The system of a client that has gone says so to whoever knocks, where a knock comes through. */
const endGone = (line: Line) => {
  if (way === undefined && line.near.destroyed) setTimeout(() => end(line), keepAlive);
};

/** What is written on, piece by piece where the line is slow; nothing where it is cut. */
function pass(line: Line, data: Buffer, from: Socket, to: Socket): void {
  if (line.way === 'blackhole' || line.way === 'reset') return;
  // The far end goes on hearing, and is not heard.
  if (line.way === 'halfopen' && from === line.far) return;
  if (line.way !== 'slow') {
    if (!to.write(data)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
    return;
  }
  from.pause();
  const pieces = Array.from({ length: Math.ceil(data.length / slowly.bytes) }, (_, nth) =>
    data.subarray(nth * slowly.bytes, (nth + 1) * slowly.bytes),
  );
  const next = () => {
    const piece = line.way === 'slow' ? pieces.shift() : Buffer.concat(pieces.splice(0));
    if (piece && piece.length > 0) to.write(piece);
    if (pieces.length > 0) setTimeout(next, slowly.every);
    else from.resume();
  };
  next();
}

createServer(near => {
  const far = connect(target);
  const line: Line = { near, far, way };
  lines.add(line);
  if (way === 'reset') {
    near.resetAndDestroy();
    end(line);
    return;
  }
  let key = '';
  for (const socket of [near, far]) {
    socket.setNoDelay(true);
    socket.on('error', () => end(line));
    socket.on('close', () => {
      // What is cut silently does not tell the other end that this one has gone.
      if (line.way === 'blackhole' || line.way === 'halfopen') endGone(line);
      else end(line);
    });
  }
  near.on('data', (data: Buffer) => {
    if (loseAnswers > 0) key = /idempotency-key: (\S+)/i.exec(data.toString('latin1'))?.[1] ?? key;
    pass(line, data, near, far);
  });
  far.on('data', (data: Buffer) => {
    // An answer that says that it was done is lost on its way; what it said is noted for the checker.
    const done = loseAnswers > 0 && key !== '' && /^HTTP\/1\.1 20\d /.test(data.toString('latin1', 0, 16));
    if (done && random.next() < loseAnswers) {
      const text = data.toString('utf8');
      lost += 1;
      if (notes !== undefined)
        appendFileSync(notes, `${JSON.stringify({ key, body: text.slice(text.indexOf('\r\n\r\n') + 4) })}\n`);
      near.resetAndDestroy();
      end(line);
      say({ said: 'lost', lost });
      return;
    }
    pass(line, data, far, near);
  });
}).listen(0, '127.0.0.1', function (this: { address(): unknown }) {
  say({ said: 'listening', port: (this.address() as { port: number }).port });
});

process.on('message', (told: ToldToProxy) => {
  if (told.do === 'cut') {
    way = told.way;
    const cut = [...lines];
    for (const line of cut) {
      line.way = way;
      if (way !== 'reset') continue;
      line.near.resetAndDestroy();
      end(line);
    }
    say({ said: 'cut', lines: cut.length });
  } else {
    way = undefined;
    // What was silently cut stays so: the ends must find out themselves. What was slow is quick again.
    for (const line of lines) {
      if (line.way === 'slow') line.way = undefined;
      else endGone(line);
    }
    say({ said: 'mended' });
  }
});
process.on('disconnect', () => process.exit(1));
