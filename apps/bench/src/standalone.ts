import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { percentile } from './outcome.js';
import { atPace, type Client, type Question } from './paced.js';

export const password = 'bench-bench';
export const usualPace = 200;
export const secondsPerMeasure = 6;

export interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly readyAfter: number;
}

/** The program as it is installed; ready when it says so. */
export function startStandalone(environment: Readonly<Record<string, string>>): Promise<Started> {
  const startedAt = performance.now();
  const child = fork(join(import.meta.dirname, '../../standalone/src/main.js'), [], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...environment, YIZHAN_PORT: '0', YIZHAN_LANGUAGE: 'en', YIZHAN_PILOT_PASSWORD: password },
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const url = /ready: (http\S+)/.exec(said)?.[1];
      if (url) resolve({ child, url, readyAfter: performance.now() - startedAt });
    });
    child.once('exit', code => reject(new Error(`the program ended with ${code}: ${said}`)));
  });
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGINT');
  await ended;
}

async function statusOf({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** @returns undefined where the system does not say */
export const residentMegabytes = (child: ChildProcess) => statusOf(child, 'VmRSS');
/** The most that it ever had. @returns undefined where the system does not say */
export const peakMegabytes = (child: ChildProcess) => statusOf(child, 'VmHWM');

export async function signIn(client: Client, account: string): Promise<string> {
  const answer = await client.ask({ path: '/api/sessions', token: '', body: JSON.stringify({ account, password }) });
  if (answer.status !== 201) throw new Error(`${account} could not sign in: ${answer.body}`);
  return (JSON.parse(answer.body) as { token: string }).token;
}

export async function answered(client: Client, question: Question) {
  const { status, took, body } = await client.ask(question);
  if (status >= 300) throw new Error(`${question.path} was answered ${status}: ${body}`);
  return { kind: question.kind, took, body };
}

/** @returns the time from a command's receipt to a card that shows it, p99 */
export async function readOwnWrites(client: Client, token: string, stations: readonly string[]): Promise<number> {
  const turns = [['ELDERLY', 'YOUTH'], ['DISABLED', 'HEALTH', 'CHARITY'], ['EMPLOYMENT']];
  const latest = new Map<string, number>();
  const once = async (nth: number) => {
    const stationId = stations[nth % stations.length]!;
    const fields = turns[Math.floor(nth / stations.length) % turns.length]!;
    latest.set(stationId, nth);
    const path = `/api/service-stations/${stationId}`;
    const written = await client.ask({
      token,
      path: `${path}/set-station-service-fields`,
      headers: { 'idempotency-key': randomUUID() },
      body: JSON.stringify({ serviceFields: fields }),
    });
    if (written.status !== 200) throw new Error(`a command was answered ${written.status}: ${written.body}`);
    const { position } = JSON.parse(written.body) as { position: string };
    const shown = await client.ask({ token, path, headers: { 'x-after': position } });
    const card = JSON.parse(shown.body) as { serviceFields: string[] };
    const isOwn = latest.get(stationId) !== nth || card.serviceFields.join() === fields.join();
    if (shown.status !== 200 || !isOwn) throw new Error(`not shown: ${shown.body}`);
    return shown.took;
  };
  await atPace(usualPace, 2, once);
  return percentile(await atPace(usualPace, secondsPerMeasure, nth => once(nth + usualPace * 2)), 0.99);
}
