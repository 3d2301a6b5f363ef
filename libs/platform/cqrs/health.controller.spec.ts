import { HealthController, type Vitals } from './health.controller.js';

const ready = async (trouble: string | undefined) => {
  let status = 200;
  const vitals = {
    process: 'projector',
    accepting: () => true,
    durability: 'postgres-sync',
    lag: () => [],
    parked: async () => 0,
    storeAnswers: async () => true,
    lease: async () => ({ state: 'held' as const, trouble }),
  } as unknown as Vitals;
  const body = await new HealthController(vitals).ready({ status: (code: number) => (status = code) } as never);
  return { code: status, status: body.status, lease: body.lease };
};

test('who holds the lease and could not begin its work is not ready, and says why', async () => {
  expect(await ready('the database system is starting up')).toEqual({
    code: 503,
    status: 'not-ready',
    lease: { state: 'held', trouble: 'the database system is starting up' },
  });
  expect(await ready(undefined)).toMatchObject({ code: 200, status: 'ready' });
});
