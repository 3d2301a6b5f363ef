import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';

type Data = Readonly<Record<string, string>>;

/**
 * Who holds what of which there is one, folded from the facts of the office themselves and not from the slots that keep them in order:
 * one center per street, one social worker per station and one station per worker, one record per human, one station per community.
 */
export class Holdings {
  private readonly held = new Map<string, Set<string>>();
  private readonly suspects = new Set<string>();
  private readonly personOf = new Map<string, string>();

  apply({ type, data: anyData }: Pick<RecordedEvent, 'type' | 'data'>): void {
    const data = anyData as Data;
    switch (type) {
      case 'ServiceCenterEstablished':
        this.take(`center of ${data.divisionId}`, data.centerId!);
        break;
      case 'ServiceCenterReassigned':
        this.leave(`center of ${data.formerDivisionId}`, data.centerId!);
        this.take(`center of ${data.divisionId}`, data.centerId!);
        break;
      case 'ServiceCenterClosed':
        this.leave(`center of ${data.divisionId}`, data.centerId!);
        break;
      case 'SocialWorkerAssigned':
        this.take(`worker of ${data.stationId}`, data.workerId!);
        this.take(`station of ${data.workerId}`, data.stationId!);
        break;
      case 'SocialWorkerRelieved':
        this.leave(`worker of ${data.stationId}`, data.workerId!);
        this.leave(`station of ${data.workerId}`, data.stationId!);
        break;
      case 'WorkerRegistered':
        this.personOf.set(data.workerId!, data.personKeyId!);
        this.take(`record of ${data.personKeyId}`, data.workerId!);
        break;
      case 'WorkerRetired':
        this.leave(`record of ${this.personOf.get(data.workerId!)}`, data.workerId!);
        break;
      case 'ServiceStationOpened':
        for (const community of anyData.communities as string[]) this.take(`cover of ${community}`, data.stationId!);
        break;
      case 'ServiceStationClosed':
        this.leaveAll('cover', data.stationId!);
        // The posting of its worker ends in the same append.
        this.leaveAll('station', data.stationId!);
        this.held.delete(`worker of ${data.stationId}`);
        this.suspects.delete(`worker of ${data.stationId}`);
        break;
    }
  }

  /** What more than one holds now; asked where an append ends. */
  doubled(): readonly string[] {
    const doubled = [...this.suspects].filter(what => (this.held.get(what)?.size ?? 0) > 1);
    this.suspects.clear();
    for (const what of doubled) this.suspects.add(what);
    return doubled;
  }

  /** `kind id` → holder, of everything that is held. */
  all(): ReadonlyMap<string, string> {
    return new Map(
      [...this.held].filter(([, holders]) => holders.size > 0).map(([what, holders]) => [what, [...holders].join()]),
    );
  }

  private take(what: string, holder: string): void {
    const holders = this.held.get(what) ?? new Set();
    this.held.set(what, holders.add(holder));
    if (holders.size > 1) this.suspects.add(what);
  }

  private leave(what: string, holder: string): void {
    this.held.get(what)?.delete(holder);
  }

  private leaveAll(kind: string, holder: string): void {
    for (const [what, holders] of this.held) if (what.startsWith(`${kind} `)) holders.delete(holder);
  }
}
