// No allow without the exposures it was judged on: the database refuses it, whoever writes.
import { expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { newId } from '@/lib/platform/ids';

testDatabase();

const written = (verdict: string, trace: string) =>
  pool().query(
    `insert into decisions (identity_id, id, at, verdict, reason, action, resource_type, resource_id, latency_us, trace, writer, seq, hash)
     values ($1, $2, now(), $3, 'r', 'pay', 'account', '1', 1, $4, $1, 1, '\\x00')`,
    [newId(), newId(), verdict, trace],
  );

test('an allow without its exposures is refused; a deny needs none', async () => {
  await expect(written('allow', '{}')).rejects.toMatchObject({
    code: '23514',
    constraint: 'decisions_allow_has_exposures',
  });
  await written('deny', '{}');
  await written('allow', '{"exposures":[],"verdict":"allow"}');
});

test('what the decision point allows carries them, and they can’t be taken away', async () => {
  await applyTestPolicies();
  const allowed = await ask({ context: { amount: 10 } });
  expect(allowed.decision).toBe(true);
  const id = allowed.braid.decision_id;
  await expect(
    pool().query(`update decisions set trace = replace(trace, '"exposures"', '"nothing"') where id = $1`, [id]),
  ).rejects.toMatchObject({ code: '23514' });
  await expect(
    pool().query(`update decisions set verdict = 'allow' where verdict = 'deny' and trace = '{}'`),
  ).rejects.toMatchObject({ code: '23514' });
});
