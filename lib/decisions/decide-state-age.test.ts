// B24: how old is what a decision was made on. A source that lags is a policy's to judge, and a replay sees the same age.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import type { Replayed } from '@/lib/replay/model';
import { replay } from '@/lib/replay/replay';

testDatabase();
beforeAll(() =>
  apply(admin, {
    source: `set: fresh
default: allow
rules:
  - id: unmonitored-parallel-context
    on: action.name == "approval.grant"
    deny: sessions.exists(s, s.id != session.id && !s.monitored)
    message: A parallel session of this identity acts where no log tells of it
  - id: source-lags
    on: action.name == "payment.create"
    deny: sessions.exists(s, s.source != "pdp" && s.state_age_secs > 60)
    message: A source of live sessions lags behind
  - id: own
    on: action.name == "own"
    deny: session.state_age_secs > 3600
`,
  }),
);

const subject = 'svc-age';
const pay = () => ask({ subject, session: { id: 's1' } });

test('a session whose system has not shown it lately is too old to decide on, and as old in a replay', async () => {
  const from = clock.now().toISOString();
  expect(await ask({ subject, action: 'own', session: { id: 's1' } })).toMatchObject({ decision: true });
  await pool().query(
    `insert into sessions (id, identity_id, source, observed_by, group_key, label, started_at, last_event_at, last_validated_at)
     select gen_random_uuid(), id, 'postgres', 'native', 'g', 'backend', now() - interval '2 hours', now() - interval '1 hour', now() - interval '5 seconds'
     from identities where name = $1`,
    [subject],
  );
  expect(await pay()).toMatchObject({ decision: true });
  const validated = (at: string) =>
    pool().query(`update sessions set last_validated_at = ${at} where source = 'postgres'`);
  await validated(`now() - interval '2 minutes'`);
  expect(await pay()).toMatchObject({
    decision: false,
    reason: 'rule_denied',
    message: 'A source of live sessions lags behind',
  });
  await validated('now()');
  expect(await pay()).toMatchObject({ decision: true });
  await validated('null'); // then by its last event, an hour ago
  expect(await pay()).toMatchObject({ decision: false });
  const to = clock.now().toISOString();
  const all: Replayed[] = [];
  for await (const one of replay(admin, { from, to })) all.push(one);
  expect(all.map((one) => one.same.verdict)).toEqual(['allow', 'allow', 'deny', 'allow', 'deny']);
  expect(all.flatMap((one) => one.differs)).toEqual([]);
});

test('what is asked beside a session that no log tells of can be refused, and a replay sees it the same way', async () => {
  const from = clock.now().toISOString();
  const grant = () => ask({ subject: 'svc-watched', action: 'approval.grant', session: { id: 's1' } });
  expect(await grant()).toMatchObject({ decision: true });
  const { rows } = await pool().query<{ id: string }>(
    `insert into sessions (id, identity_id, source, observed_by, group_key, label, started_at, last_event_at, last_validated_at)
     select gen_random_uuid(), id, 'postgres', 'native', 'h', 'backend', now(), now(), now() from identities where name = 'svc-watched'
     returning id`,
  );
  expect(await grant()).toMatchObject({
    decision: false,
    message: 'A parallel session of this identity acts where no log tells of it',
  });
  await pool().query('update sessions set event_count = 1 where id = $1', [rows[0]!.id]);
  expect(await grant()).toMatchObject({ decision: true });
  const all: Replayed[] = [];
  for await (const one of replay(admin, { from, to: clock.now().toISOString() })) all.push(one);
  expect(all.map((one) => one.same.verdict)).toEqual(['allow', 'deny', 'allow']);
  expect(all.flatMap((one) => one.differs)).toEqual([]);
});
