import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { fold } from '@lib/platform/kernel/aggregate.js';
import { Refusal, type Circumstances, type Decide } from '@lib/platform/kernel/decision.js';
import type { AnyFact, Impersonal } from '@lib/platform/kernel/event.js';
import { misfits } from '@lib/platform/kernel/shape.js';

/** The day on which specs take place. */
export const today = '2026-03-02';
export const circumstances: Circumstances = { now: '2026-03-02T02:00:00.000Z', today, on: today, actor: 'spec' };

export const foldOf = <State>(aggregate: Aggregate<State, never>, facts: readonly AnyFact[]): State =>
  fold(aggregate, facts as unknown as Impersonal<never>[]);

/** A state from the facts of one stream, for `given`. */
export const after = <State>(aggregate: Aggregate<State, never>, ...facts: readonly AnyFact[]): State => foldOf(aggregate, facts);

const plain = (facts: readonly AnyFact[]) =>
  facts.map(({ type, data }) => ({ type, data: JSON.parse(JSON.stringify(data)) as Record<string, unknown> }));

/** given(states).when(decide, command).then(facts) | .nothing() | .refused(code) */
export const given = <States>(states: States) => ({
  when<Command>(decide: Decide<Command, States>, command: Command, differing: Partial<Circumstances> = {}) {
    const decideNow = () => {
      const facts = decide(command, states, { ...circumstances, ...differing });
      for (const fact of facts) {
        const wrong = misfits(fact.class.shape, fact.data);
        if (wrong.length > 0) throw new Error(`${fact.type} does not fit its shape: ${wrong.join(', ')}`);
      }
      return facts;
    };
    return {
      then(...expected: readonly AnyFact[]) {
        expect(plain(decideNow())).toEqual(plain(expected));
      },
      nothing() {
        expect(plain(decideNow())).toEqual([]);
      },
      refused(code: string) {
        let refusal: unknown;
        try {
          decideNow();
        } catch (error) {
          refusal = error;
        }
        if (refusal !== undefined && !(refusal instanceof Refusal)) throw refusal;
        expect((refusal as Refusal | undefined)?.code).toBe(code);
      },
    };
  },
});
