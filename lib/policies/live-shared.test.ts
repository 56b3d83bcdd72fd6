// Live sessions by what several identities share: a credential, a device, an owner.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '@/lib/policies/check';
import { compile } from '@/lib/policies/compile';
import { counted, poolId, rank, sharedPool, unseenOf } from '@/lib/policies/live-evaluate';
import { runTests } from '@/lib/policies/run-tests';
import { asked, set } from '@/lib/policies/testing-judge';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { touch } from '@/lib/policies/touch';

const live = (per: string, more = '') => set(`live_sessions: true, per: ${per}${more}`);
const identity = (id: string) => ({ ...plainQuestion([]).identity, id, name: id, owner: 'team' });

test('which sessions a meter looks at beyond the identity’s own', () => {
  const pool = (per: string, key: string) => sharedPool({ meter: live(per).meters[0]!, key });
  expect(pool('credential', 'k')).toEqual({ id: poolId('credential', 'k'), kind: 'credential', value: 'k' });
  expect(pool('owner', 'team')).toMatchObject({ kind: 'owner', value: 'team' });
  expect(pool('[region, device]', '["eu","d"]')).toMatchObject({ kind: 'device', value: 'd' });
  expect([pool('identity', 'i'), pool('workflow', 'w'), pool('[identity, credential]', '["i","k"]')]).toEqual([
    null,
    null,
    null,
  ]);
  expect(poolId('owner', 'x')).not.toBe(poolId('device', 'x'));
});

describe('sessions of several identities', () => {
  const a = plainSession('a', { identityId: 'i', startedMs: 1, key: 'k', region: 'eu' });
  const b = plainSession('b', { identityId: 'j', startedMs: 2, key: 'k', region: 'us' });
  const c = plainSession('c', { identityId: 'j', startedMs: 0, key: 'other' });
  const asking = (per: string, own: typeof a, pool: (typeof a)[], more = '') => {
    const of = live(per, more);
    const question = asked(
      [of],
      {},
      {
        identity: identity(own.identityId),
        session: own,
        sessions: [own],
        credentialId: own.key,
        workflowSessions: new Map([
          [poolId('credential', 'k'), pool],
          [poolId('owner', 'team'), pool],
        ]),
      },
    );
    return { question, one: touch(question).touches[0]! };
  };

  test('count together, the first of them stay', () => {
    const ids = (per: string, more?: string) => {
      const { question, one } = asking(per, b, [a, b], more);
      return counted(one, question).map((each) => each.id);
    };
    expect([ids('credential'), ids('owner')]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(ids('[credential, region]')).toEqual(['b']);
    expect(ids('credential', ', where: session.region == "us"')).toEqual(['b']);
    const seenBy = (own: typeof a, pool = [a, b]) => {
      const { question, one } = asking('credential', own, pool);
      return rank(one, question).settled;
    };
    expect([seenBy(a), seenBy(b)]).toEqual([0n, 1n]);
    // It began before them, under another credential: it takes up this one after them.
    expect(seenBy({ ...c, key: 'k' })).toBe(2n);
  });

  test('more than can be looked at fail closed', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => plainSession(`s${n}`, { key: 'k' }));
    const { question, one } = asking('credential', a, many);
    expect(unseenOf(one, question)).toBe(5_000);
  });
});

test('per credential, owner and device compile; what sessions don’t have in common is refused with what is', () => {
  const source = (per: string) =>
    `set: t\nmeters:\n  m: { live_sessions: true, per: ${per} }\nrules: [{ id: r, limit: { meter: m, max: 1 } }]\n`;
  for (const per of ['credential', 'owner', 'device', '[device, region]'])
    expect(check(source(per)).problems, per).toEqual([]);
  for (const per of ['region', 'resource', 'context.account'])
    expect(check(source(per)).problems[0]?.message).toContain('identity.owner, session.device');
  expect(compile({ version: 1, hash: source('owner'), source: source('owner'), mode: 'enforce' }).meters).toHaveLength(
    1,
  );
});

test('in no order do more sessions of one credential, owner or device pass than may', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('credential', 'owner', 'device'),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.tuple(fc.constantFrom('i', 'j', 'k'), fc.integer({ min: 1, max: 4 })), {
        minLength: 1,
        maxLength: 14,
      }),
      (per, max, asks) => {
        const policies = `set: t\ndefault: allow\nmeters:\n  m: { live_sessions: true, per: ${per} }\nrules: [{ id: r, limit: { meter: m, max: ${max} } }]\n`;
        const names = [...new Set(asks.map(([who, at]) => `${who}${at}`))];
        const text = `identities: { i: { owner: team }, j: { owner: team }, k: { owner: team } }\ntests:\n  - name: t\n    steps:\n${asks
          .map(([who, at]) => `      - ask: { as: ${who}, action: a, session: { id: ${who}${at}, key: K, device: D } }`)
          .join('\n')}\n`;
        const report = runTests({ policies, tests: [{ name: 't.test.yaml', text }] });
        const passed = new Set(
          report.tests[0]!.steps.flatMap((step, at) => (step.verdict === 'allow' ? [asks[at]!.join('')] : [])),
        );
        expect(passed.size).toBe(Math.min(max, names.length));
      },
    ),
    { numRuns: 150 },
  );
});
