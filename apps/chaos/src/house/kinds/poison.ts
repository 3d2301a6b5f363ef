import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Program } from '@lib/platform/processes/program.js';
import { until } from '@lib/platform/processes/until.js';
import { routeOf } from '@lib/house/route-of.js';
import { RenameServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import { houseKind } from '../campaign.js';
import { poison as poisonWord, poisonedLane, type Fold } from '../poison.js';

const main = join(import.meta.dirname, '../projector-process.js');
const settled = 1_500;

/** Facts that one read model cannot fold: it stops before them, the others go on; a program that can fold them makes it whole. */
export const poison = houseKind({
  does: 'writes facts that one read model cannot fold: it stops there and says so, the others go on, and a mended program makes it whole',
  rounds: 10,
  twins: { skips: 'I6 a read model is not what the log says' },
  async run({ stage, turns, history, violations, twin, say, people, look }) {
    const fold: Fold = twin === 'skips' ? 'skips' : 'fails';
    const doors: Program[] = [stage.start('api'), stage.start('api')];
    stage.start('reactor');
    let projector = stage.start('projector');
    const writers = await people(doors, { rest: 300 });
    writers.tell({ do: 'go' });
    const token = await stage.token(doors[0]!, 'registrar');
    const replace = async (next: () => Program) => {
      stage.expectEndOf(projector);
      await projector.stops();
      projector = next();
      await projector.says(/this process does the work/);
    };
    await projector.says(/this process does the work/);
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      await replace(() => stage.start('projector', { CHAOS_FOLD: fold }, main));
      await stage.asking(async pool => {
        const lanes = async () =>
          (
            await pool.query<{ name: string; position: string; state: string }>(
              `select name, position::text, state from read.projection where stage = 'serving'`,
            )
          ).rows.map(({ name, position, state }) => ({ name, position: Number(position), state }));
        const { rows } = await pool.query<{ id: string }>(
          `select stream as id from log.events where type = 'ServiceCenterEstablished' order by position limit 1`,
        );
        const centerId = rows[0]!.id.slice(rows[0]!.id.indexOf('-') + 1);
        const { path, body } = routeOf(RenameServiceCenter, { centerId, name: `${poisonWord}${round}` });
        const answer = await fetch(`${await doors[0]!.url()}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        if (answer.status !== 200) throw new Error(`the poison was not taken: ${answer.status} ${await answer.text()}`);
        const at = Number(((await answer.json()) as { position: string }).position);
        const before = writers.tally.ok;
        await writers.until('others go on writing', () => writers.tally.ok > before + settled / 50);
        if (twin === undefined) {
          await until('its read model says that it stands still', async () =>
            (await lanes()).some(({ name, state }) => name === poisonedLane && state === 'failed'),
          );
          await until('all others are beyond it', async () =>
            (await lanes()).every(({ name, position }) => name === poisonedLane || position >= at),
          );
          const stopped = (await lanes()).find(({ name }) => name === poisonedLane)!.position;
          if (stopped >= at) violations.add('a fact was skipped', `${poisonedLane} is at ${stopped}, the poison at ${at}`);
          else interrupted += 1;
          history.write('poisoned', { round, at, stopped, tally: writers.tally });
        } else {
          await until('it is beyond the poison', async () => (await lanes()).every(({ position }) => position >= at));
          interrupted += 1;
        }
        await look();
        await replace(() => stage.start('projector'));
        await until('the mended program is beyond the poison', async () =>
          (await lanes()).every(({ position }) => position >= at),
        );
      });
      if (round % 5 === 0) say(`round ${round}: ${writers.tally.ok} commands acknowledged so far`);
    }
    await writers.stop();
    return { rounds, interrupted };
  },
});
