import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../../../infra/kafka/run.mjs', import.meta.url));

export interface OwnBroker {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** `KAFKA_BROKERS`, or a broker that lives as long as the measure. */
export async function broker(folder: string): Promise<OwnBroker> {
  const given = process.env.KAFKA_BROKERS;
  if (given) return { brokers: given.split(','), stop: async () => undefined };
  const { YIZHAN_DATA: _, ...environment } = process.env;
  const child = spawn(process.execPath, [launcher], {
    env: { ...environment, YIZHAN_DATA: join(folder, 'broker'), YIZHAN_KAFKA_PORT: '0', YIZHAN_LANGUAGE: 'en' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const found = /KAFKA_BROKERS=(\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', code => reject(new Error(`the broker ended with ${code}`)));
  });
  return {
    brokers: [address],
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
