// Ending a whole in stretches, by an operator whom bounds hold, on a real PostgreSQL.
import { beforeEach, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { usualGuardrails } from '@/lib/responses/model';
import { setGuardrails } from '@/lib/responses/set-guardrails';
import { endRun } from '@/lib/sessions/end-run';
import { ingest } from '@/lib/sessions/ingest';
import { event, newSpace, spaceNow } from '@/lib/sessions/testing-ingest';

testDatabase();
const ctx = systemCtx('test');
let ray = ctx;
let run = '';
beforeEach(async () => {
  newSpace();
  run = `run ${spaceNow()}`;
  ray = { actor: { kind: 'operator', id: newId(), name: `Ray ${spaceNow()}`, role: 'responder' } };
  await unbound();
});

const unbound = () => pool().query(`delete from settings where key = 'guardrails'`);
const bound = (identities: number | null, sessions: number | null = null) =>
  setGuardrails(ctx, { ...usualGuardrails(), second: { identities, sessions, systems: null } });
/** Live sessions of the run, turn by turn of each of these. */
const begin = (count: number, who: string[]) =>
  ingest([
    Array.from({ length: count }, (_, n) =>
      event(`${n}`, 0, {
        at: new Date(clock.ms() - 60_000).toISOString(),
        key: `k${n}`,
        run,
        who: who[n % who.length]!,
      }),
    ),
  ]);
/** Sessions of the run that nobody asked to end. */
const untouched = async (): Promise<number> => {
  const { rows } = await pool().query<{ n: number }>(
    `select count(*)::int as n from sessions s where run = $1 and ended_at is null
       and not exists (select from revocations r where s.id = any(r.session_ids))`,
    [run],
  );
  return rows[0]!.n;
};

test('what was looked at as a whole is not stopped by its own first stretch', async () => {
  await begin(300, ['planner', 'worker', 'reader', 'writer']);
  await bound(5);
  const done = await endRun(ray, { run });
  expect(done).toMatchObject({ eligible: 300, skipped: 0, left: 0, second: null, radius: { identities: 4 } });
  expect(done.revocationIds).toHaveLength(8);
  expect(await untouched()).toBe(0);
});

test('an identity is counted once, however often it is hit; another one is counted beside it', async () => {
  await begin(250, ['planner']);
  await bound(1);
  expect(await endRun(ray, { run })).toMatchObject({ eligible: 250, skipped: 0, left: 0 });
  expect(await untouched()).toBe(0);
  run = `${run} again`;
  await ingest([[event('x', 0, { at: new Date(clock.ms() - 1000).toISOString(), key: 'x', run, who: 'other' })]]);
  await expect(endRun(ray, { run })).rejects.toMatchObject({ code: 'response.second_operator' });
  expect(await untouched()).toBe(1);
});

test('where a later stretch can not be done, what was is answered, with why and how many are left', async () => {
  await begin(300, ['planner']);
  // Somebody draws the bounds tighter while it is under way.
  await bound(null, 250);
  const { rows } = await pool().query<{ value: object }>(`select value from settings where key = 'guardrails'`);
  await unbound();
  await pool().query(
    `create function tighter() returns trigger language plpgsql as $$
       begin insert into settings (key, value) values ('guardrails', '${JSON.stringify(rows[0]!.value)}') on conflict do nothing; return new; end $$;
     create trigger tighter after insert on revocations for each row execute function tighter()`,
  );
  try {
    const done = await endRun(ray, { run });
    expect(done).toMatchObject({ eligible: 200, left: 100, second: expect.stringContaining('300 live sessions') });
    expect(done.revocationIds).toHaveLength(1);
    expect(done.why).toEqual([done.second]);
    expect(await untouched()).toBe(100);
  } finally {
    await pool().query('drop trigger tighter on revocations; drop function tighter');
  }
});
