import pg from 'pg';
import { effectsOf } from './effects.js';
import { KeySequence } from './key-sequence.js';
import type { ToldLog } from './told-log.js';
import type { Violations } from '../violations.js';

/** What the subscriber made of the facts against the log: each once, in order. @returns how many effects there are */
export async function checkEffects(subscriberUrl: string, log: ToldLog, violations: Violations): Promise<number> {
  const pool = new pg.Pool({ connectionString: subscriberUrl, max: 1 });
  const sequences = new Map([...log.streams].map(([stream, owed]) => [stream, new KeySequence(owed)]));
  let effects = 0;
  try {
    for await (const { stream, revision, id, position } of effectsOf(pool)) {
      effects += 1;
      const words = `${stream} ${revision}`;
      const { verdict, owed } = sequences.get(stream)?.take(revision) ?? { verdict: 'unknown' as const, owed: undefined };
      if (verdict === 'again') violations.add('an effect that took place twice', words);
      else if (verdict !== 'next') violations.add(`an effect out of order`, `${words} is ${verdict}`);
      if (owed && (owed.id !== id || owed.position !== Number(position))) violations.add('an effect of another fact', words);
    }
  } finally {
    await pool.end();
  }
  for (const [stream, { missing }] of sequences)
    if (missing > 0) violations.add('an effect that is missing', `${missing} of ${stream}`, missing);
  return effects;
}
