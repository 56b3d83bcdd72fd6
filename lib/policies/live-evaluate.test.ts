// Which live sessions are counted, and which of them stay.
import { describe, expect, test } from 'vitest';
import type { CompiledSet, Question, SessionSeen, Touch } from '@/lib/policies/compiled-model';
import { counted, looksAtOwn, rank } from '@/lib/policies/live-evaluate';
import { asked, judge, LIMIT, SUM, set } from '@/lib/policies/testing-judge';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { touch } from '@/lib/policies/touch';

describe('live sessions', () => {
  const live = (per: string, more = '') => set(`live_sessions: true, per: ${per}${more}`);
  const session = (id: string, startedMs: number, more: Partial<SessionSeen> = {}) =>
    plainSession(id, { startedMs, ...more });
  const question = (of: CompiledSet, sessions: SessionSeen[], own = 'b', more: Partial<Question> = {}) =>
    asked([of], {}, { session: sessions.find((one) => one.id === own)!, sessions, ...more });
  const one = (asking: Question): Touch => touch(asking).touches[0]!;
  const three = [session('a', 1), session('b', 2), session('c', 2)];

  test('the first of a scope stay: those that began before this one, and of the same instant those before it by id', () => {
    const rankOf = (own: string) =>
      rank(one(question(live('identity'), three, own)), question(live('identity'), three, own));
    expect(['a', 'b', 'c'].map((own) => rankOf(own).settled)).toEqual([0n, 1n, 2n]);
    expect(rankOf('b')).toEqual({ settled: 1n, held: 0n, amount: 1n });
    const limited = set('live_sessions: true, per: identity', '  - id: l\n    limit: { meter: m, max: 2 }\n');
    const verdict = (own: string) => judge(question(limited, three, own)).verdict;
    expect(['a', 'b', 'c'].map(verdict)).toEqual(['allow', 'allow', 'deny']);
    expect(judge(question(limited, three, 'c'))).toMatchObject({ alone: 'allow', reason: 'concurrency_exceeded' });
  });

  test('a decision keeps how many there are, and the first ten of them', () => {
    const many = Array.from({ length: 12 }, (_, i) => session(`s${i + 10}`, i));
    const [standing] = judge(question(live('identity'), many, 's10')).exposures;
    expect([standing!.settled, standing!.amount, standing!.asked, standing!.after, standing!.aloneAsked]).toEqual([
      11n,
      1n,
      12n,
      12n,
      1n,
    ]);
    expect(standing!.holders.named.map((holder) => [holder.sessionId, holder.settled, holder.held])).toEqual(
      many.slice(0, 10).map((each) => [each.id, 1n, 0n]),
    );
    expect([standing!.holders.settled, standing!.holders.held]).toEqual([2n, 0n]);
    const denied = judge(
      question(set('live_sessions: true, per: identity', '  - id: l\n    limit: { meter: m, max: 0 }\n'), three),
    );
    expect([denied.verdict, denied.exposures[0]!.after]).toEqual(['deny', 3n]);
    expect(judge(question(live('identity'), three)).exposures[0]!.holders).toMatchObject({ settled: 0n });
  });

  test('count by field and by condition; what cannot be told of another counts it', () => {
    const some = [
      session('a', 1, { region: 'eu' }),
      session('b', 2, { region: 'eu', tags: ['batch'] }),
      session('c', 3, { region: 'us' }),
      session('d', 4),
    ];
    const of = (meter: CompiledSet) => {
      const asking = question(meter, some);
      return counted(one(asking), asking).map((each) => each.id);
    };
    expect(of(live('[identity, region]'))).toEqual(['a', 'b']);
    expect(of(live('identity', ', where: session.region == "eu"'))).toEqual(['a', 'b', 'd']);
    expect(of(live('identity', `, where: '"batch" in session.tags'`))).toEqual(['b']);
    expect(of(live('identity'))).toEqual(['a', 'b', 'c', 'd']);
    const keys = [session('a', 1, { key: 'k' }), session('b', 2, { key: 'k' }), session('c', 3)];
    const asking = question(live('credential'), keys, 'b', { credentialId: 'k' });
    expect(counted(one(asking), asking).map((each) => each.id)).toEqual(['a', 'b']);
  });

  test('of a workflow are those of everybody who works for it, where they are known', () => {
    const workflows = [
      { id: 'w1', name: 'one' },
      { id: 'w2', name: 'two' },
    ];
    const identity = { ...plainQuestion([]).identity, workflows };
    const others = [session('x', 0, { identityId: 'j', region: 'eu' }), session('b', 2, { region: 'eu' })];
    const sessions = [session('a', 1, { region: 'eu' }), session('b', 2, { region: 'eu' })];
    const by = (meter: CompiledSet) => {
      const asking = question(meter, sessions, 'b', { identity, workflowSessions: new Map([['w2', others]]) });
      return touch(asking).touches.map((each) => [
        each.key,
        counted(each, asking).map((found) => found.id),
        looksAtOwn(each, asking),
      ]);
    };
    expect(by(live('workflow'))).toEqual([
      ['w1', ['a', 'b'], true],
      ['w2', ['x', 'b'], false],
    ]);
    expect(by(live('[workflow, region]'))).toEqual([
      ['["w1","eu"]', ['a', 'b'], true],
      ['["w2","eu"]', ['x', 'b'], false],
    ]);
    expect(by(live('identity'))).toEqual([['i', ['a', 'b'], true]]);
  });

  test('more than can be looked at fail closed among its own, not among those of a workflow', () => {
    const identity = { ...plainQuestion([]).identity, workflows: [{ id: 'w', name: 'w' }] };
    const limited = (per: string) =>
      set(`live_sessions: true, per: ${per}`, '  - id: l\n    limit: { meter: m, max: 9 }\n');
    const of = (per: string, workflowSessions: Map<string, SessionSeen[]>) =>
      judge(question(limited(per), three, 'b', { identity, truncated: true, workflowSessions })).reason;
    expect(of('identity', new Map())).toBe('sessions_truncated');
    expect(of('workflow', new Map())).toBe('sessions_truncated');
    expect(of('workflow', new Map([['w', three]]))).toBe('ok');
    const own = set(SUM, LIMIT);
    expect(judge(asked([own], { n: 1 }, { truncated: true })).verdict).toBe('allow');
    const over = set('live_sessions: true, per: identity', '  - id: l\n    limit: { meter: m, max: 0 }\n');
    expect(judge(question(over, three, 'b', { truncated: true })).reason).toBe('concurrency_exceeded');
  });

  test('what is not a failure of the request is thrown', () => {
    const meter = live('[identity, region]', ', where: session.region == "eu"').meters[0]!;
    const asking = question(live('identity'), three);
    const broken = (part: 'where' | 'per') => {
      const bad = {
        ...meter.where!,
        run: () => {
          throw new RangeError('broken');
        },
      };
      const changed = part === 'where' ? { ...meter, where: bad } : { ...meter, where: null, per: [bad] };
      return () => counted({ ...one(asking), meter: changed }, asking);
    };
    expect(broken('where')).toThrow(RangeError);
    expect(broken('per')).toThrow(RangeError);
  });
});
