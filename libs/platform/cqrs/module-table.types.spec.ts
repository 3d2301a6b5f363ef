import { everywhere } from '@lib/platform/kernel/access.js';
import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { acts, aggregateModule, of } from './module-table.js';

interface Lamp {
  readonly lit: boolean;
}
interface Room {
  readonly dark: boolean;
}

const lamp: Aggregate<Lamp> = { category: 'lamp', initial: { lit: false }, evolve: state => state };
const room: Aggregate<Room> = { category: 'room', initial: { dark: true }, evolve: state => state };

class LightLamp {
  readonly lampId!: string;
  readonly roomId!: string;
  readonly brightness!: number;
}

const lightLamp = (_: LightLamp, __: { lamp: Lamp; room: Room }) => [];
const by = [{ role: 'keeper' }] as const;
const within = () => everywhere;
const words = { zh: '点灯', en: 'Light a lamp' };
const rules = { words, by, within, reads: { room: of(room, 'roomId') } } as const;

/** The type check is the test: each line marked so must not compile. */
test('a row that is not whole does not compile', () => {
  const table = aggregateModule(lamp, { as: 'lamp', at: 'lamps', id: 'lampId', commands: [acts(LightLamp, lightLamp, rules)] });
  expect(table.commands.map(({ command }) => command.name)).toEqual(['LightLamp']);

  // @ts-expect-error nobody may send it
  acts(LightLamp, lightLamp, { words, within, reads: { room: of(room, 'roomId') } });
  // @ts-expect-error the command has no such field
  acts(LightLamp, lightLamp, { ...rules, reads: { room: of(room, 'cellarId') } });
  // @ts-expect-error this field holds no id
  acts(LightLamp, lightLamp, { ...rules, reads: { room: of(room, 'brightness') } });
  // @ts-expect-error another aggregate's state
  acts(LightLamp, lightLamp, { ...rules, reads: { room: of(lamp, 'roomId') } });
  const unread = acts(LightLamp, lightLamp, { words, by, within, reads: {} });
  // @ts-expect-error the decision looks at a state that nobody reads
  aggregateModule(lamp, { as: 'lamp', at: 'lamps', id: 'lampId', commands: [unread] });
});
