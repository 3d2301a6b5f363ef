import { execFile, execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '@lib/platform/processes/program.js';
import { houseKind } from '../campaign.js';
import { StoreServer } from '../store-server.js';
import { makeCommitsAsynchronous, neverFlushed } from '../store-twins.js';

const run = promisify(execFile);
const size = '320m';
/** Its write-ahead log needs another file often: without room for one the server ends as a whole, and not only a question. */
const smallLog = { max_wal_size: '16MB', min_wal_size: '2MB', wal_recycle: 'off', shared_buffers: '16MB' };
const piece = Buffer.alloc(64 * 1024);

const mountPoint = () => mkdtempSync(join(tmpdir(), 'yizhan-chaos-disk-'));
const mount = (folder: string) => run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tmpfs', folder]);

/** Writes until nothing more fits. @returns bytes */
function fill(path: string): number {
  const file = openSync(path, 'w');
  let written = 0;
  try {
    for (;;) written += writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return written;
  } finally {
    closeSync(file);
  }
}

/** The disk of PostgreSQL has no room left, while people write; then it has again. */
export const diskFull = houseKind({
  does: 'fills the disk of PostgreSQL under load and frees it again: what cannot be kept is refused, and nothing that was acknowledged is lost',
  rounds: 5,
  twins: { asynchronous: 'I1 an acknowledged event is missing' },
  async missing() {
    const folder = mountPoint();
    const failed = await mount(folder).then(
      () => undefined,
      (error: Error) => error.message.trim(),
    );
    if (failed === undefined) await run('umount', [folder]);
    rmdirSync(folder);
    return failed === undefined ? undefined : `a small disk cannot be mounted here (${failed})`;
  },
  async server({ twin }) {
    const folder = mountPoint();
    await mount(folder);
    const free = () => {
      execFileSync('umount', [folder]);
      rmdirSync(folder);
    };
    return StoreServer.start({ ...smallLog, ...(twin ? neverFlushed : {}) }, folder, free, ['--wal-segsize=1']);
  },
  async run({ stage, turns, history, twin, violations, say, people, look }) {
    const doors: Program[] = [stage.start('api'), stage.start('api')];
    stage.start('projector');
    stage.start('reactor');
    const writers = await people(doors);
    if (twin !== undefined) await stage.asking(makeCommitsAsynchronous);
    writers.tell({ do: 'go' });
    const ballast = join(stage.server.folder, 'ballast');
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const before = writers.tally;
      await writers.until('the writers are at work', () => writers.tally.ok > before.ok + 100);
      const { turnedAway, lost } = writers.tally;
      let filled = fill(ballast);
      const refused = () => writers.tally.turnedAway - turnedAway + writers.tally.lost - lost;
      await writers
        .until('it is refused', () => {
          // What a checkpoint gives back is taken again.
          filled += fill(`${ballast}-again`);
          return refused() > 100;
        })
        .catch((error: unknown) => violations.add('nothing was refused', String(error)));
      const answers = refused();
      if (answers > 0) interrupted += 1;
      for (const name of stage.server.entries()) if (name.startsWith('ballast')) rmSync(join(stage.server.folder, name));
      const { ok } = writers.tally;
      const alone = await writers
        .until('it goes on by itself', () => writers.tally.ok > ok + 20, 20_000)
        .then(
          () => true,
          () => false,
        );
      if (!alone) {
        // Where it could not even recover it has ended, and whoever keeps it starts it again.
        stage.server.kill();
        await stage.server.startAgain();
        await writers.until('it goes on', () => writers.tally.ok > ok + 20);
      }
      await look();
      history.write('filled', { round, filled, answers, alone, tally: writers.tally });
      say(
        `round ${round}: ${answers} answers said no or nothing, ${alone ? 'it went on by itself' : 'it had to be started again'}`,
      );
    }
    await writers.stop();
    return { rounds, interrupted };
  },
});
