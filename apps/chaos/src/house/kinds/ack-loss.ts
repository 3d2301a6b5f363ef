import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Receipt } from '@lib/platform/cqrs/command-desk.js';
import type { Program } from '@lib/platform/processes/program.js';
import { houseKind } from '../campaign.js';
import { rememberedIn } from '../deeds.js';
import { ProxyChild } from '../proxy-child.js';

/** Of all answers that say that it was done. */
const share = 0.3;

/** The answer is lost after the command was carried out; whoever sent it sends the same again, until it knows. Each lost answer is a round. */
export const ackLoss = houseKind({
  does: 'loses the answers of commands that were carried out; the same is sent again, up to 8 times, and must get the same receipt',
  rounds: 2_000,
  twins: { 'new-key': 'a command was written that was said not to be' },
  async run({ stage, rounds: wanted, history, ledger, violations, seed, say, people }) {
    const doors: Program[] = [stage.start('api'), stage.start('api')];
    stage.start('projector');
    stage.start('reactor');
    const notes = ledger.replace(/\.jsonl$/, '.lost.jsonl');
    const proxies = await Promise.all(
      doors.map(async (door, nth) => {
        const { hostname: host, port } = new URL(await door.url());
        return ProxyChild.start({ target: { host, port: Number(port) }, seed: seed + nth, loseAnswers: share, notes });
      }),
    );
    const writers = await people(doors, { manners: { askAgain: 1, checkReceipts: 0.3 } });
    await writers.turnTo(proxies.map(({ port }) => `http://127.0.0.1:${port}`));
    writers.tell({ do: 'go' });
    const lost = () => proxies.reduce((sum, proxy) => sum + proxy.lost, 0);
    await writers.until('enough answers were lost', () => lost() >= wanted, 900_000);
    await writers.turnTo(await Promise.all(doors.map(door => door.url())));
    await writers.stop();

    // What was lost on its way said the same as what arrived later.
    const heard = new Map<string, Receipt>();
    for (const { keys, receipts } of await rememberedIn(ledger))
      for (const key of keys) for (const receipt of receipts) if (receipt.facts.length > 0) heard.set(key, receipt);
    let compared = 0;
    for (const line of existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []) {
      const { key, body } = JSON.parse(line) as { key: string; body: string };
      const receipt = heard.get(key);
      const told = JSON.parse(body) as Receipt;
      // A command that changed nothing leaves no record and is decided anew.
      if (!receipt || told.facts.length === 0) continue;
      compared += 1;
      if (!isDeepStrictEqual(told, receipt))
        violations.add('I2 another receipt for the same command', `${body} was lost, ${JSON.stringify(receipt)} came`);
    }
    say(`${lost()} answers were lost; ${compared} of them were compared with a receipt that came later`);
    history.write('lost', { lost: lost(), compared, tally: writers.tally });
    return { rounds: lost(), interrupted: lost() };
  },
});
