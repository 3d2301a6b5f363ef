import type { RecordedEvent } from '../event-store.js';
import { KurrentEventStore } from '../kurrentdb/kurrent-event-store.js';
import { type ReadBack, type ReadEvent, recorded } from '../kurrentdb/wire.js';

/** Stores on KurrentDB that are wrong on purpose, as stores on KurrentDB are. */

/** Leaves it to the server where an append goes: any revision will do. */
export class AppendsWithAny extends KurrentEventStore {
  protected override checksOf(): never[] {
    return [];
  }
}

/** Takes `$all` for the log: with what the server writes for itself. */
export class ReadsSystemEvents extends KurrentEventStore {
  protected override get passingTypes(): undefined {
    return undefined;
  }

  protected override ours(events: readonly ReadEvent[]): ReadBack[] {
    const whole = { index: '0', count: '1' };
    return events.map(event => recorded({ ...event, data: event.data ?? {}, metadata: event.metadata ?? whole }));
  }
}

/** Ends a page where the server's page ends. */
export class EndsPagesWhereTheServerDoes extends KurrentEventStore {
  protected override pageEnd(page: readonly RecordedEvent[]): number {
    return page.length;
  }
}

/** Takes an append for written because the server says so, which looks at ids alone. */
export class BelievesTheServer extends KurrentEventStore {
  protected override isOurs(): true {
    return true;
  }
}
