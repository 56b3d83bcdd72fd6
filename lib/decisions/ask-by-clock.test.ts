// D6: what a live session was allowed on is looked at again because time passes, and not only because something happened.
import { expect, test } from 'vitest';
import { pool, prisma } from '@/lib/db/client';
import { HINT_CHANNEL } from '@/lib/db/hint';
import { testDatabase } from '@/lib/db/testing';
import { askByClock } from '@/lib/decisions/ask-by-clock';
import { showAskedAgain } from '@/lib/decisions/show-asked-again';
import { admin, ask, token } from '@/lib/decisions/testing-ask';
import { apply } from '@/lib/policies/apply';
import { request } from '@/lib/revocations/request';

testDatabase();

const set = (rules: string) => `set: old
default: allow
rules:
  - id: never
    on: action.name == "never"
    deny: "true"
${rules}`;
const trust = `  - id: trust-runs-out
    deny: session.trust_age_secs > 3600
    message: Trust is older than an hour
    obligations: [session_termination]
  - id: silent
    deny: session.state_age_secs > 60
    message: Nobody has heard of it for a minute
`;
const sessionOf = async (key: string) =>
  (
    await pool().query<{ id: string; ended_by: string | null; actor: string | null }>(
      `select s.id, s.ended_by, r.actor_name as actor from sessions s left join revocations r on s.id = any(r.session_ids)
       where s.identity_id = (select id from identities where name = $1)`,
      [`svc-${key}`],
    )
  ).rows[0]!;
const age = (key: string, column: string, by: string) =>
  pool().query(
    `update sessions set ${column} = now() - $2::interval where identity_id = (select id from identities where name = $1)`,
    [`svc-${key}`, by],
  );
/** As many passes as it takes until everybody had their turn. */
const turns = async () => {
  let asked = 0;
  for (let pass = 0; pass < 7; pass++) asked += await askByClock(admin);
  return asked;
};

test('a policy that no time can change asks nobody', async () => {
  await apply(admin, { source: set('') });
  for (const key of ['fresh', 'old', 'silent'])
    expect((await ask({ subject: `svc-${key}`, action: 'work', session: { id: key } })).decision).toBe(true);
  expect(await turns()).toBe(0);
  await expect(askByClock(token)).rejects.toMatchObject({ code: 'access.denied' });
});

test('a session that nobody hears of meets the rule by the clock alone, and is ended where the rule says so', async () => {
  await apply(admin, { source: set(trust) });
  expect(await turns()).toBeGreaterThanOrEqual(3);
  const [fresh, old, silent] = [await sessionOf('fresh'), await sessionOf('old'), await sessionOf('silent')];
  const latest = async ({ id }: { id: string }) => (await showAskedAgain(admin, { sessionId: id })).latest;
  expect(await latest(old)).toMatchObject({ because: 'clock', verdict: 'allow' });
  await age('old', 'started_at', '2 hours');
  await age('old', 'trusted_at', '2 hours');
  await age('silent', 'last_event_at', '2 minutes');
  await turns();
  expect(await sessionOf('old')).toMatchObject({ ended_by: 'policy', actor: 'old/trust-runs-out' });
  expect(await latest(old)).toMatchObject({
    because: 'clock',
    ruleId: 'trust-runs-out',
    done: [{ kind: 'terminate', revocationId: expect.any(String) }],
  });
  expect(await sessionOf('silent')).toMatchObject({ ended_by: null });
  const told = await latest(silent);
  expect(told).toMatchObject({ because: 'clock', verdict: 'deny', ruleId: 'silent', done: [] });
  expect(await latest(fresh)).toMatchObject({ because: 'clock', verdict: 'allow' });
  // It goes on: each has its turn again, and says when.
  await turns();
  expect((await latest(silent))!.at > told!.at).toBe(true);
});

test('whoever watches hears of an answer once; a guardrail bounds what is done, and a refusal is tried again later only', async () => {
  const heard: string[] = [];
  const listener = await pool().connect();
  listener.on('notification', ({ payload }) => {
    const said = JSON.parse(payload!) as { topic: string; ids: string[] };
    if (said.topic === 'session') heard.push(...said.ids);
  });
  await listener.query(`listen ${HINT_CHANNEL}`);
  const bound = await prisma().setting.create({ data: { key: 'guardrails', value: { never: ['svc-kept'] } } });
  try {
    expect((await ask({ subject: 'svc-kept', action: 'work', session: { id: 'kept' } })).decision).toBe(true);
    await age('kept', 'started_at', '2 hours');
    await age('kept', 'trusted_at', '2 hours');
    const { id } = await sessionOf('kept');
    const latest = async () => (await showAskedAgain(admin, { sessionId: id })).latest!;
    const asked = () => prisma().response.count({ where: { askedBy: 'old/trust-runs-out', state: 'refused' } });
    await turns();
    expect(await sessionOf('kept')).toMatchObject({ ended_by: null, actor: null });
    const first = await latest();
    expect(first.done).toMatchObject([{ kind: 'terminate', revocationId: null, tries: 1 }]);
    expect(await asked()).toBe(1);
    await listener.query('select 1');
    heard.length = 0;
    await turns();
    await listener.query('select 1');
    expect(heard).toEqual([]);
    const second = await latest();
    expect(second.at > first.at).toBe(true);
    expect([second.done, await asked()]).toEqual([first.done, 1]);
    // Its time has come: it is asked for once more, and then waits twice as long.
    await prisma().askedAgain.update({
      where: { sessionId: id },
      data: { done: [{ ...first.done[0]!, nextAt: first.at }] },
    });
    await turns();
    const third = (await latest()).done[0]!;
    expect([third.tries, await asked()]).toEqual([2, 2]);
    expect(Date.parse(third.nextAt!) - Date.parse((await latest()).at)).toBeGreaterThan(500_000);
    await listener.query('select 1');
    expect(new Set(heard)).toEqual(new Set([id]));
  } finally {
    await listener.query(`unlisten ${HINT_CHANNEL}`);
    listener.release();
    await prisma().setting.delete({ where: { key: bound.key } });
  }
});

test('what a rule made of a decision is done once: who is let in again is not closed by the same rule and decision', async () => {
  await apply(admin, {
    source: set(`  - id: silent-paused
    deny: session.state_age_secs > 60
    obligations: [identity_pause]
`),
  });
  expect((await ask({ subject: 'svc-again', action: 'work', session: { id: 'again' } })).decision).toBe(true);
  await age('again', 'last_event_at', '2 minutes');
  await turns();
  const state = async () => (await prisma().identity.findFirstOrThrow({ where: { name: 'svc-again' } })).state;
  expect(await state()).toBe('paused');
  const { id: identityId } = await prisma().identity.findFirstOrThrow({ where: { name: 'svc-again' } });
  await request(admin, { kind: 'resume', identityId, reasonCode: 'wanted_again', reason: '' });
  await turns();
  await turns();
  expect(await state()).toBe('active');
});
