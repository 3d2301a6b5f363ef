import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that a system lends to outgoing connections (on Linux from 32768, elsewhere from 49152): a client that keeps asking
// for a broker that is down could otherwise be lent the broker's own port, and the broker could not come back to it.
const first = 20_000;
const beyond = 32_000;

/** Different ports of this machine that nobody listens on. Another process may take one before you do. */
export async function freePorts(count) {
  const held = [];
  try {
    while (held.length < count) {
      const server = await listen(randomInt(first, beyond)).catch(() => undefined);
      if (server) held.push(server);
    }
    return held.map(server => server.address().port);
  } finally {
    await Promise.all(held.map(close));
  }
}

/** Whether this process could listen there now. */
export async function isFree(port) {
  const server = await listen(port).catch(() => undefined);
  if (server) await close(server);
  return server !== undefined;
}

const close = server => new Promise(settle => server.close(settle));

function listen(port) {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => settle(server));
  });
}
