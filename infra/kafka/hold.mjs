import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Takes a broker's folder for this process alone, until `release` or its end, whatever ends it. Kafka's own lock comes too late: a second
 * broker reads and writes the log of the metadata before it tries that one. Knows the processes of this machine (and container) only.
 * @returns {Promise<(() => Promise<void>) | undefined>} `release`; undefined when another one holds it
 */
export async function holdFolder(folder) {
  const name = `yizhan-kafka-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  // On Linux a name that is no file, and is gone with its process.
  if (process.platform === 'linux') return listen(`\0${name}`);
  if (process.platform === 'win32') return listen(`\\\\.\\pipe\\${name}`);
  const path = join(tmpdir(), name);
  if (!(await answers(path))) rmSync(path, { force: true });
  return listen(path);
}

function listen(path) {
  return new Promise((settle, reject) => {
    const server = createServer(socket => socket.destroy());
    server.once('error', error => (error.code === 'EADDRINUSE' ? settle(undefined) : reject(error)));
    server.listen(path, () => {
      server.unref();
      settle(() => new Promise(done => server.close(() => done())));
    });
  });
}

function answers(path) {
  return new Promise(settle => {
    const socket = connect(path);
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
    socket.once('connect', () => socket.destroy());
  });
}
