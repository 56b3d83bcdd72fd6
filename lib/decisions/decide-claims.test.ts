// What a request says of its session stands once the request is decided, and only then.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { batch } from '@/lib/decisions/batch';
import { parse } from '@/lib/decisions/parse';
import { admin, ask, token } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { apply } from '@/lib/policies/apply';

testDatabase();
beforeAll(() =>
  apply(admin, {
    source: `set: claims
default: allow
meters:
  calls: { count: true, per: identity, over: 1h }
rules:
  - id: moved
    deny: changed.region
  - id: many
    limit: { meter: calls, max: 100 }
`,
  }),
);

const stored = async (subject: string) =>
  (
    await pool().query(
      `select s.region, s.network, s.tags, s.label, s.bound from sessions s join identities i on i.id = s.identity_id where i.name = $1`,
      [subject],
    )
  ).rows;

test('looking judges by what it says, and leaves nothing of it', async () => {
  const subject = 'svc-dry';
  const said = { id: 's', region: 'us', network: '203.0.113.9', tags: ['maintenance'], label: 'Somebody' };
  expect(await ask({ subject, session: said, braid: { dry_run: true } })).toMatchObject({ decision: true });
  const nothing = { region: null, network: null, tags: [], label: 's', bound: {} };
  expect(await stored(subject)).toEqual([nothing]);
  expect(await ask({ subject, session: { id: 's', region: 'eu' } })).toMatchObject({ decision: true });
  expect(await ask({ subject, session: said, braid: { dry_run: true } })).toMatchObject({ reason: 'rule_denied' });
  expect(await stored(subject)).toMatchObject([{ region: 'eu', network: null, tags: [] }]);
  expect(await ask({ subject, session: { id: 's' } })).toMatchObject({ decision: true });
});

test('looking and asking in one batch do not mix', async () => {
  const subject = 'svc-batch';
  const session = { id: 's', region: 'eu' };
  await ask({ subject, session });
  const asks = Array.from({ length: 20 }, (_, index) =>
    index % 2
      ? ask({ subject, session: { id: 's', region: 'us' }, braid: { dry_run: true } })
      : ask({ subject, session: { id: 's', region: 'eu', network: `10.0.0.${index}` } }),
  );
  const answers = await Promise.all(asks);
  expect(answers.map((one) => one.decision)).toEqual(answers.map((_, index) => index % 2 === 0));
  expect(await stored(subject)).toMatchObject([{ region: 'eu' }]);
});

test('what is refused as another request under a used key says nothing of its session', async () => {
  const subject = 'svc-key';
  const braid = { idempotency_key: 'k1' };
  await ask({ subject, session: { id: 's', region: 'eu' }, braid });
  expect(await stored(subject)).toMatchObject([{ region: 'eu', label: 'eu · s' }]);
  for (const id of ['s', 'other'])
    await expect(
      ask({ subject, session: { id, region: 'us', network: '203.0.113.9' }, resource: 'else', braid }),
    ).rejects.toThrow(BraidError);
  for (const row of await stored(subject)) expect(row).toMatchObject({ network: null });
  expect((await stored(subject)).map((row) => row.region)).not.toContain('us');
});

test('a refusal told afterwards says nothing of the session it was asked from', async () => {
  const subject = 'svc-spooled';
  await ask({ subject, session: { id: 's', region: 'eu' } });
  const body = {
    subject: { type: 'service_account', id: subject },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: 'a' },
    context: { braid: { session: { id: 's', region: 'us', network: '203.0.113.9' } } },
  };
  const item = { ...parse(token.actor, body, { arrivedMs: 0 }), spooledAt: clock.now().toISOString() };
  await batch({ items: [item], semantic: 'execute_all' });
  expect(await stored(subject)).toMatchObject([{ region: 'eu', network: null, bound: {} }]);
});
