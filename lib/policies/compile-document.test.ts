// What every word of a meter and a rule becomes, and where it stands when it is wrong.
import { describe, expect, test } from 'vitest';
import { check } from '@/lib/policies/check';
import { compileDocument } from '@/lib/policies/compile-document';
import { factsOf } from '@/lib/policies/facts-evaluate';
import { meter, meters, said } from '@/lib/policies/testing-compiled';
import { plainQuestion } from '@/lib/policies/testing-question';

describe('a meter', () => {
  test('of each kind', () => {
    const kind = (line: string) => {
      const { kind, unit, scale, attribute, refused, explicit, holdSecs, onExpiry, windowSecs, calendar } = meter(line);
      return { kind, unit, scale, attribute, refused, explicit, holdSecs, onExpiry, windowSecs, calendar };
    };
    const plain = {
      unit: null,
      scale: 0,
      attribute: null,
      refused: false,
      explicit: false,
      holdSecs: null,
      onExpiry: 'release',
      windowSecs: null,
      calendar: null,
    };
    expect(kind('sum: context.n, unit: EUR, scale: 2, per: identity, over: 1h')).toEqual({
      ...plain,
      kind: 'sum',
      unit: 'EUR',
      scale: 2,
      attribute: 'context.n',
      windowSecs: 3600,
    });
    expect(kind('count: true, per: identity')).toEqual({ ...plain, kind: 'count' });
    expect(kind('count: refused, per: identity')).toEqual({ ...plain, kind: 'count', refused: true });
    expect(kind('distinct: resource, per: identity')).toEqual({ ...plain, kind: 'distinct' });
    expect(kind('live_sessions: true, per: identity')).toEqual({ ...plain, kind: 'live_sessions' });
    expect(kind('lease: true, per: identity, hold: 1m')).toMatchObject({ kind: 'lease', explicit: true, holdSecs: 60 });
    expect(kind('pending: pay, per: identity, hold: 1m')).toMatchObject({ kind: 'pending', explicit: true });
    expect(kind('count: true, per: identity, settle: explicit, hold: 15m, on_expiry: settle')).toEqual({
      ...plain,
      kind: 'count',
      explicit: true,
      holdSecs: 900,
      onExpiry: 'settle',
    });
    expect(kind('count: true, per: identity, settle: at_once').explicit).toBe(false);
  });

  test('of each window', () => {
    const span = (window: string) => {
      const { windowSecs, calendar } = meter(`count: true, per: identity${window}`);
      return [windowSecs, calendar];
    };
    expect([span(''), span(', window: lifetime'), span(', window: live_sessions')]).toEqual([
      [null, null],
      [null, null],
      [null, 'live'],
    ]);
    expect([span(', over: 2h'), span(', window: { sliding: 2h }')]).toEqual([
      [7200, null],
      [7200, null],
    ]);
    expect([span(', window: { fixed: week }'), span(', window: { fixed: day, zone: Asia/Tokyo }')]).toEqual([
      [0, 'week UTC'],
      [0, 'day Asia/Tokyo'],
    ]);
  });

  test('counts under its scopes, for what it is on', () => {
    const one = meter('count: true, per: [identity, resource.type], on: action.name == "act"');
    expect([one.scope, one.per.map((part) => part.source), one.on!.source, one.where]).toEqual([
      'identity.id + resource.type',
      ['identity.id', 'resource.type'],
      'action.name == "act"',
      null,
    ]);
    expect(meter('count: true, per: identity').on).toBeNull();
    expect(meter('live_sessions: true, per: identity, where: session.region == "eu"').where!.source).toBe(
      'session.region == "eu"',
    );
    expect(meter('live_sessions: true, per: identity').where).toBeNull();
    expect(meter('distinct: resource, per: identity').member!.source).toBe('resource.id');
    expect(meter('distinct: context.x, per: identity').member!.source).toBe('context.x');
  });

  test('of what is pending counts the requests that ask for it, and its condition besides', () => {
    const of = (line: string, name: string, context: Record<string, unknown>) => {
      const plain = plainQuestion([]);
      const { on } = meter(line);
      return on!.run(factsOf({ ...plain, asked: { ...plain.asked, action: { name }, context } }));
    };
    const plain = 'pending: pay, per: identity, hold: 1m';
    expect([of(plain, 'pay', {}), of(plain, 'act', {})]).toEqual([true, false]);
    const both = `${plain}, on: "context.list.exists(x, x == 1)"`;
    expect([of(both, 'pay', { list: [1] }), of(both, 'pay', { list: [2] }), of(both, 'act', { list: [1] })]).toEqual([
      true,
      false,
      false,
    ]);
    expect(of(both, 'act', {})).toBe(false);
    const { on } = meter(both);
    expect([on!.source, [...on!.reads].sort(), on!.loops]).toEqual([
      'action.name == "pay" && (context.list.exists(x, x == 1))',
      ['action', 'context'],
      true,
    ]);
    expect(meter(`${plain}, on: context.x == 1`).on!.loops).toBe(false);
  });
});

describe('what is wrong with a meter', () => {
  test('stands where it is', () => {
    expect(said(meters('count: true, per: nobody'))).toEqual([expect.stringMatching(/^meters\.m\.per: Unknown/)]);
    expect(said(meters('count: true, per: [identity, nobody]'))).toEqual([
      expect.stringMatching(/^meters\.m\.per\.1: Unknown variable: nobody/),
    ]);
    expect(said(meters('count: true, per: identity, on: nobody'))).toEqual([
      expect.stringMatching(/^meters\.m\.on: Unknown variable/),
    ]);
    expect(said(meters('count: true, per: identity, settle: explicit'))).toEqual([
      'meters.m.settle: settle: explicit needs a hold, e.g. hold: 15m.',
    ]);
    expect(said(meters('count: true, per: identity, hold: 1m'))).toEqual([
      'meters.m.hold: hold needs settle: explicit; at_once is counted when it is allowed.',
    ]);
    expect(said(meters('count: refused, per: identity, settle: explicit, hold: 1m'))).toEqual([
      'meters.m.settle: What is refused holds nothing: leave settle out.',
    ]);
    expect(said(meters('distinct: nobody, per: identity'))).toEqual([
      expect.stringMatching(/^meters\.m\.distinct: Unknown variable/),
    ]);
    expect(said(meters('live_sessions: true, per: identity, where: nobody'))).toEqual([
      expect.stringMatching(/^meters\.m\.where: Unknown variable/),
    ]);
    expect(said(meters('count: true, per: meters.m.key'))).toHaveLength(1);
  });

  test('live sessions are counted per identity, workflow or credential, with fields of the session beside it', () => {
    const live = (per: string) => said(meters(`live_sessions: true, per: ${per}`));
    for (const per of ['identity', 'workflow', 'credential', '[identity, session.region]', '[identity, region]'])
      expect([per, live(per)]).toEqual([per, []]);
    for (const per of [
      'session.region',
      '[identity, resource.id]',
      '[identity, context.session.region]',
      `[identity, 'session.region + "x"']`,
    ])
      expect([per, live(per)]).toEqual([
        per,
        [expect.stringMatching(/^meters\.m\.per: live_sessions counts per identity\.id, workflow\.id, cred/)],
      ]);
  });

  test('leaves it out, and what cannot be compiled is no whole meter', () => {
    const { document } = check(meters('count: true, per: identity'));
    const made = (changed: Record<string, unknown>) => {
      const found: string[] = [];
      const body = compileDocument(
        { ...document!, meters: { m: { ...document!.meters.m!, ...changed } as never } },
        (path) => found.push(path.join('.')),
      );
      return [body.meters.length, found];
    };
    expect(made({})).toEqual([1, []]);
    expect(made({ per: 'nobody' })).toEqual([0, ['meters.m.per']]);
    expect(made({ per: ['identity', 'nobody'] })).toEqual([0, ['meters.m.per.1']]);
    expect(made({ distinct: 'nobody' })).toEqual([0, ['meters.m.distinct']]);
    expect(made({ on: 'nobody' })).toEqual([1, ['meters.m.on']]);
  });
});
