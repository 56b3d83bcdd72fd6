// What an expression sees of a question, and whom an approval lets pass.
import { describe, expect, test } from 'vitest';
import { settleAtOnce } from '@/lib/exposures/state';
import type { Question } from '@/lib/policies/compiled-model';
import { factsOf } from '@/lib/policies/facts-evaluate';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { COUNT, judge, limit, SUM, set } from '@/lib/policies/testing-several';

describe('what an expression sees', () => {
  const fires = (rule: string, more: Partial<Question> = {}, context: Record<string, unknown> = {}) =>
    judge([set('t', [`m: { ${COUNT} }`], [`id: r\n    deny: ${rule}`])], context, more);
  const plain = plainQuestion([]);

  test('now, and how old a session is at this very instant', () => {
    const session = plainSession('a', { startedMs: 400_000 });
    const at = (nowMs: number) => fires('session.age_secs == 600', { session, sessions: [session], nowMs }).verdict;
    expect([at(1_000_000), at(1_001_000), at(1_000_000)]).toEqual(['deny', 'allow', 'deny']);
    const among = (nowMs: number) =>
      fires('sessions.exists(s, s.id == "b" && s.age_secs == 600)', {
        sessions: [session, plainSession('b', { startedMs: 400_000 })],
        nowMs,
      }).verdict;
    expect([among(1_000_000), among(1_001_000)]).toEqual(['deny', 'allow']);
    const other = plainSession('b', { startedMs: 400_000 });
    const same = (nowMs: number) =>
      fires('sessions.exists(s, s.id == "b" && s.age_secs == 600)', { sessions: [session, other], nowMs }).verdict;
    expect([same(1_000_000), same(1_001_000), same(1_000_000)]).toEqual(['deny', 'allow', 'deny']);
    expect(fires('now == timestamp("1970-01-01T00:16:40Z")').verdict).toBe('deny');
    expect(fires('session.started_at == now - duration("10m")', { session, sessions: [session] }).verdict).toBe('deny');
    expect(fires('now.getHours("Europe/Berlin") == 1').verdict).toBe('deny');
    expect(fires('session.trusted_at < now', { session: plainSession('a', { trustedMs: 999_999 }) }).verdict).toBe(
      'deny',
    );
    expect(fires('session.trusted_at < now').reason).toBe('attribute_missing');
  });

  test('what the request says of subject, action and resource, and nothing where it says nothing', () => {
    const asked = (part: 'subject' | 'action' | 'resource', properties?: Record<string, unknown>) => ({
      asked: {
        ...plain.asked,
        [part]: { ...plain.asked[part], ...(properties ? { properties } : {}) },
      } as Question['asked'],
    });
    for (const part of ['subject', 'action', 'resource'] as const) {
      expect(fires(`has(${part}.properties.x)`, asked(part)).verdict).toBe('allow');
      expect(fires(`has(${part}.properties.x)`, asked(part, { x: 1 })).verdict).toBe('deny');
      expect(fires(`${part}.properties.x == 1.0`, asked(part))).toMatchObject({ reason: 'attribute_missing' });
    }
  });

  test('the credential of the request for this session, and its own key for another', () => {
    const keyed = [plainSession('a', { key: 'of a' }), plainSession('b', { key: 'of b' })];
    expect(
      fires('credential.id == "of the request"', {
        session: keyed[0]!,
        sessions: keyed,
        credentialId: 'of the request',
      }).verdict,
    ).toBe('deny');
    const live = set('t', ['m: { live_sessions: true, per: credential }'], [limit('l', 'm', 1)]);
    const same = plainSession('c', { key: 'of the request', startedMs: -1 });
    const counted = judge(
      [live],
      {},
      { session: keyed[0]!, sessions: [...keyed, same], credentialId: 'of the request' },
    );
    expect(counted.exposures[0]!.holders.named.map((one) => one.sessionId)).toEqual(['a', 'c']);
  });

  test('whether anything it is bound to has changed', () => {
    const bound = (was: string) => ({ session: plainSession('a', { region: 'eu', bound: { region: was } }) });
    expect([fires('changed.any', bound('us')).verdict, fires('changed.any', bound('eu')).verdict]).toEqual([
      'deny',
      'allow',
    ]);
  });

  test('alone, this session and no other; truncated sessions are no matter to it', () => {
    const sessions = [plainSession('a'), plainSession('b')];
    expect(fires('sessions.exists(s, s.id == "a")', { sessions })).toMatchObject({ verdict: 'deny', alone: 'deny' });
    expect(fires('sessions.exists(s, s.id == "b")', { sessions })).toMatchObject({ verdict: 'deny', alone: 'allow' });
    expect(fires('sessions.size() == 0', { sessions })).toMatchObject({ verdict: 'allow', alone: 'allow' });
  });

  test('is told once for a question, and anew for another', () => {
    const one = { ...plain };
    expect(factsOf(one)).toBe(factsOf(one));
    expect(factsOf({ ...plain })).not.toBe(factsOf(one));
    const own = factsOf({ ...plain, session: plain.session, sessions: [plain.session] });
    expect(own.sessions[0]).toBe(own.session);
    expect(own.sessions).toBe(own.sessions);
  });

  test('meters only where a limit computed by the request or a scope reads them', () => {
    const max = set(
      't',
      [`m: { ${COUNT} }`, `k: { ${SUM} }`],
      ['id: l\n    limit: { meter: k, max: "meters.m.asked * 10" }'],
    );
    const settled = (count: bigint, n: number) =>
      judge([max], { n }, {}, (state) => {
        if (state.meter === 'm' && count)
          settleAtOnce(state, 1, count, { sessionId: 'b', identityId: 'i', decisionId: 'd', holdId: null });
      }).verdict;
    expect([settled(0n, 10), settled(0n, 11), settled(1n, 20), settled(1n, 21)]).toEqual([
      'allow',
      'deny',
      'allow',
      'deny',
    ]);
  });
});

describe('an approval', () => {
  const source = ['id: r\n    deny: context.x > 1\n    approval: { for: 10m, automatic: context.y }'];
  const approval = (rules: { set: string; id: string }[], untilMs = 1_000_001) => ({
    approval: { id: 'p', rules, approvedBy: 'ada', untilMs },
  });
  const given = (rules: { set: string; id: string }[], untilMs?: number) =>
    judge([set('t', [], source)], { x: 2, y: true }, approval(rules, untilMs)).verdict;

  test('is of the rules it names, in their sets, until its instant', () => {
    const mine = { set: 't', id: 'r' };
    expect(given([mine])).toBe('allow');
    expect(given([{ set: 'u', id: 'r' }, mine])).toBe('allow');
    expect([given([{ set: 'u', id: 'r' }]), given([{ set: 't', id: 's' }]), given([])]).toEqual([
      'deny',
      'deny',
      'deny',
    ]);
    expect([given([mine], 1_000_000), given([mine], 999_999)]).toEqual(['deny', 'deny']);
  });

  test('is given by the policy itself only where it says so, and not where that cannot be told', () => {
    const automatic = (y: unknown) =>
      judge([set('t', [], source)], { x: 2, ...(y === undefined ? {} : { y }) }).access.requestable[0]!.automatic;
    expect([automatic(true), automatic(false), automatic('yes'), automatic(undefined)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    const never = set('t', [], ['id: r\n    deny: context.x > 1\n    approval: { for: 10m }']);
    expect(judge([never], { x: 2 }).access.requestable[0]!.automatic).toBe(false);
  });

  test('passes a limit that asks for more as well, and nothing that could not be counted', () => {
    const capped = set(
      't',
      [`m: { ${SUM} }`],
      ['id: r\n    limit: { meter: m, max: 1, verdict: step_up }\n    approval: { for: 10m }'],
    );
    const of = (n: unknown) => judge([capped], { n }, approval([{ set: 't', id: 'r' }]));
    expect(of(2)).toMatchObject({ verdict: 'allow', access: { used: { id: 'p' } } });
    expect(of(1)).toMatchObject({ verdict: 'allow', access: { used: null } });
    expect(of('two')).toMatchObject({
      verdict: 'deny',
      reason: 'amount_invalid',
      access: { used: null, requestable: [] },
    });
  });
});
