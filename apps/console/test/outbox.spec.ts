import { Outbox, TakenBack, type Outcome } from '../src/shell/outbox.ts';
import { Refused } from '../src/shell/problem.ts';

const receipt = { commandId: 'c', position: '1', streams: [], facts: [] };
const done: Outcome = { is: 'done', receipt };
const again: Outcome = { is: 'again' };
const refused: Outcome = {
  is: 'refused',
  because: new Refused({ type: 'urn:x', title: 'no', status: 409, code: 'station-already-staffed', detail: '已有社工' }),
};
const ask = (title: string) => ({ path: `/api/${title}`, body: {}, title });

/** An outbox whose server answers as told, one outcome a try; what is not told is done. */
function outboxWith(...outcomes: Outcome[]) {
  const sent: string[] = [];
  let keys = 0;
  const outbox = new Outbox(
    async ({ title }, key) => {
      sent.push(`${title} ${key}`);
      return outcomes.shift() ?? done;
    },
    () => `key-${++keys}`,
    () => Promise.resolve(),
  );
  return { outbox, sent };
}

test('a command that is done is sent once', async () => {
  const { outbox, sent } = outboxWith();
  await expect(outbox.send(ask('one'))).resolves.toEqual(receipt);
  expect(sent).toEqual(['one key-1']);
  expect(outbox.list()).toEqual([]);
});

test('as long as nobody knows what became of it, the same key is sent again', async () => {
  const { outbox, sent } = outboxWith(again, again, again);
  await outbox.send(ask('one'));
  expect(sent).toEqual(['one key-1', 'one key-1', 'one key-1', 'one key-1']);
});

test('the next one waits for the one before, and has a key of its own', async () => {
  const { outbox, sent } = outboxWith(again);
  await Promise.all([outbox.send(ask('one')), outbox.send(ask('two'))]);
  expect(sent).toEqual(['one key-1', 'one key-1', 'two key-2']);
});

test('a refusal is not repeated, and does not hold up what comes after', async () => {
  const { outbox, sent } = outboxWith(refused);
  const [first, second] = await Promise.allSettled([outbox.send(ask('one')), outbox.send(ask('two'))]);
  expect(first).toMatchObject({ status: 'rejected', reason: { message: '已有社工' } });
  expect(second.status).toBe('fulfilled');
  expect(sent).toEqual(['one key-1', 'two key-2']);
});

test('signed out, it waits for a session and for nothing else', async () => {
  const { outbox, sent } = outboxWith({ is: 'signed-out' });
  const sending = outbox.send(ask('one'));
  await new Promise(done => setImmediate(done));
  expect(outbox.list()).toMatchObject([{ state: 'signed-out', key: 'key-1' }]);
  expect(sent).toHaveLength(1);
  outbox.hurry();
  await expect(sending).resolves.toEqual(receipt);
  expect(sent).toEqual(['one key-1', 'one key-1']);
});

test('what is taken back is sent no more', async () => {
  const { outbox, sent } = outboxWith({ is: 'signed-out' });
  const sending = outbox.send(ask('one'));
  await new Promise(done => setImmediate(done));
  outbox.takeBack();
  await expect(sending).rejects.toBeInstanceOf(TakenBack);
  expect(outbox.list()).toEqual([]);
  expect(sent).toHaveLength(1);
});
