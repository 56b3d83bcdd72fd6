// The sweep of holds, and what is remembered of who asks between decisions.
import { beforeAll, expect, test } from 'vitest';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { expire } from '@/lib/exposures/expire';
import { release } from '@/lib/exposures/release';
import { flushSessions } from '@/lib/exposures/touch/store';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();

const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const token: Ctx = {
  actor: { kind: 'token', id: newId(), name: 'payments-api', scopes: ['decide'], issuer: 'default' },
};

beforeAll(() =>
  apply(admin, {
    source: `set: hold
default: allow
meters:
  spent: { count: true, per: resource.id, settle: explicit, hold: 1s, on: action.name == "spend" }
rules:
  - id: most
    limit: { meter: spent, max: 10 }
`,
  }),
);

const ask = async (resource: string, action = 'spend', session = 's') => {
  const answer = await decide(token, {
    subject: { type: 'service_account', id: 'svc' },
    action: { name: action },
    resource: { type: 'account', id: resource },
    context: { braid: { session: { id: session } } },
  });
  return { ...answer, holdId: (answer.context.braid as { hold_id?: string }).hold_id! };
};

test('the sweep counts what it ended, and nothing that ended otherwise', async () => {
  const [first] = [await ask('a'), await ask('b'), await ask('c')];
  await release(token, { holdId: first.holdId });
  expect(await expire(systemCtx('expire'))).toMatchObject({ expired: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await expire(systemCtx('expire'))).toMatchObject({ expired: 2 });
  expect(await expire(systemCtx('expire'))).toMatchObject({ expired: 0 });
});

test('a declared session counts what it read and changed, written at the latest a little later', async () => {
  for (const action of ['report.read', 'report.list', 'payment.create', 'spend']) await ask('d', action, 'counted');
  await flushSessions();
  const { rows } = await pool().query(
    `select event_count, read_count, change_count from sessions where label = 'counted'`,
  );
  expect(rows).toEqual([{ event_count: 4, read_count: 2, change_count: 1 }]);
});

test('what changes between two decisions binds the second, also when marking as seen came in between', async () => {
  expect((await ask('e')).decision).toBe(true);
  await pool().query(`update identities set state = 'revoked', last_seen_at = null where external_id = 'svc'`);
  await ask('e', 'report.read', 'other').catch(() => undefined);
  await flushSessions();
  expect((await ask('e')).context).toMatchObject({ reason: 'identity_revoked' });
  await pool().query(`update identities set state = 'active', last_seen_at = null where external_id = 'svc'`);
  await flushSessions(); // its row has a new version that nobody here has read
  expect((await ask('e')).decision).toBe(true);
  await pool().query(
    `update sessions set state = 'ended', ended_at = now(), ended_by = 'operator' where label = 's' and ended_at is null`,
  );
  expect((await ask('e')).context).toMatchObject({ reason: 'session_terminated' });
  expect((await ask('e', 'spend', 'next')).decision).toBe(true);
});

test('a change made between reading an identity and marking it as seen is read, not taken as known', async () => {
  await ask('f', 'report.read', 'waits'); // written at once
  await ask('f', 'report.read', 'waits'); // waits to be written
  await pool().query(`update identities set state = 'paused', last_seen_at = null where external_id = 'svc'`);
  await flushSessions(); // marks the paused row: a version it made of one it has not read
  expect((await ask('f')).context).toMatchObject({ reason: 'identity_paused' });
});
