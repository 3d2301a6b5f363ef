import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { PersonKeyFact, PersonRole } from './person-key.events.js';

/** The live record that a human has in each role. */
export type PersonKey = { readonly [Role in PersonRole]?: string | undefined };

/**
 * One stream for each human, found by `lookUps.personKey(idNumber)`; its id says nothing about the number.
 * A decision that claims it loads it with `each`, which names the id: the state of a key that nobody claimed yet cannot.
 */
export const personKey: Aggregate<PersonKey, PersonKeyFact> = {
  category: 'personKey',
  initial: {},
  evolve(key, { type, data }): PersonKey {
    switch (type) {
      case 'PersonKeyClaimed':
        return { ...key, [data.role]: data.recordId };
      case 'PersonKeyReleased':
        return key[data.role] === data.recordId ? { ...key, [data.role]: undefined } : key;
    }
  },
};
