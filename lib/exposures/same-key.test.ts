// A key is written with its answer: whoever writes one that somebody else has written meanwhile starts again and finds it.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { admin, applyTestPolicies, token } from '@/lib/decisions/testing-ask';
import { verify } from '@/lib/decisions/verify';
import { newId } from '@/lib/platform/ids';

testDatabase();
beforeAll(applyTestPolicies);

const ask = (key: string) =>
  decide(token, {
    subject: { type: 'service_account', id: 'svc-same' },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: 'same' },
    context: { amount: 5, braid: { idempotency_key: key, session: { id: 's' } } },
  });

const stored = async (key: string) =>
  (await pool().query('select decision_id, response from idempotency_keys where key = $1', [`key:${key}`])).rows;

test('a request whose key another process is just answering waits for that answer, and its neighbours are decided', async () => {
  await ask('first');
  const other = await pool().connect();
  try {
    await other.query('begin');
    await other.query(
      `insert into idempotency_keys (token_id, key, body_hash, decision_id, response)
       select token_id, 'key:second', body_hash, $1, '' from idempotency_keys where key = 'key:first'`,
      [newId()],
    );
    const asked = [ask('second'), ask('third')];
    await new Promise((resolve) => setTimeout(resolve, 200));
    await other.query('commit');
    // The other one's body was another: only the key is the same.
    await expect(asked[0]).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    expect((await asked[1]!).decision).toBe(true);
  } finally {
    other.release();
  }
  expect(await stored('third')).toHaveLength(1);
  expect((await verify(admin)).problems).toEqual([]);
});

test('the same request asked twice at once is one decision, and one row', async () => {
  const answers = await Promise.all([ask('twice'), ask('twice'), ask('twice')]);
  const ids = new Set(answers.map(({ context }) => (context.braid as { decision_id: string }).decision_id));
  expect(ids.size).toBe(1);
  const [row, ...more] = await stored('twice');
  expect(more).toEqual([]);
  expect(row.decision_id).toBe([...ids][0]);
});
