import type { PoolClient } from 'pg';
import { Checkpoints } from '@lib/platform/read-store/checkpoints.js';
import type { Folding } from '@lib/platform/read-store/folding.js';
import { Projector } from '@lib/platform/read-store/projector.js';
import { actorPlaces, recordedFacts } from '@lib/platform/read-store/recorded-facts.js';
import { subjectFacts } from '@lib/platform/read-store/subject-facts.js';
import { Reactor } from '@lib/platform/cqrs/reactor.js';
import type { Foundation } from './foundation.js';
import { office } from './office.js';

type Fence = (client: PoolClient) => Promise<void>;

const declared = office.flatMap(module => module.projections);

/** Everything that is folded from the log into tables. */
export const projections = [...declared, subjectFacts, recordedFacts, actorPlaces];

/** @param fence where several processes may fold: runs in every transaction that writes */
export const projectorOn = ({ store, workPool, log, open }: Foundation, fence?: Fence): Projector =>
  new Projector({
    projections,
    store,
    open,
    pool: workPool,
    ...(fence ? { fence } : {}),
    report: (error, lane) => log.warn({ lane, error: error.message }, 'folding will be tried again'),
  });

/** How far the read models have come, for a process that does not fold them. */
export const checkpointsOn = ({ store, readPool, log }: Foundation): Checkpoints =>
  new Checkpoints({
    projections,
    store,
    pool: readPool,
    report: error => log.warn({ error: error.message }, 'the checkpoints will be looked at again'),
  });

/**
 * @param send the way of a command
 * @param fence where several processes may answer: runs in every transaction that writes
 */
export const reactorOn = (
  { store, pool, reader, log }: Foundation,
  folding: Folding,
  send: (command: object) => Promise<unknown>,
  fence?: Fence,
): Reactor =>
  new Reactor({
    policies: office.flatMap(({ policies }) => policies),
    store,
    pool,
    ...(fence ? { fence } : {}),
    readings: position => reader.readings(position, folding, declared),
    send,
    report: (error, policy, position) =>
      log.warn(
        { policy, position, error: error instanceof Error ? error.message : String(error) },
        'a policy was not carried out',
      ),
  });
