// What a fixture can do and say: each step, each expectation, and what is told when it does not come.
import { describe, expect, test } from 'vitest';
import { runTests } from '@/lib/policies/run-tests';

const SET = `set: t
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource, over: 1h }
  held: { sum: context.amount, unit: EUR, scale: 2, per: identity, settle: explicit, hold: 10m, on: action.name == "hold" }
  live: { live_sessions: true, per: identity }
rules:
  - id: cap
    limit: { meter: paid, max: 10 }
  - id: many
    limit: { meter: live, max: 3 }
  - id: look
    deny: context.amount > 5.0
    mode: shadow
  - id: no
    deny: has(context.bad) && context.bad
  - id: grant
    allow: "true"
`;
const play = (steps: string, more = '', policies = SET) => {
  const text = `defaults: { as: svc, action: pay, resource: account/1, context: { amount: 1 } }\ntests:\n  - name: one\n${more}    steps:\n${steps
    .trim()
    .replace(/^/gm, '      ')}\n`;
  const report = runTests({ policies, tests: [{ name: 'a.test.yaml', text }] });
  expect(report.problems).toEqual([]);
  return { ...report, one: report.tests[0]! };
};
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
/** What differs in the last step that was played: as text. */
const differs = (steps: string, more?: string) => {
  const { one, ok } = play(steps, more);
  expect(ok).toBe(one.ok);
  const last = one.steps.at(-1)!;
  expect([one.ok, last.ok]).toEqual([last.differences.length === 0, last.differences.length === 0]);
  return last.differences.map(({ what, expected, came }) => plain(`${what}: ${expected} / ${came}`));
};
const what = (steps: string, more?: string) => play(steps, more).one.steps.map((one) => one.what);

describe('an answer', () => {
  const ask = (expected: string, context = 'amount: 1') =>
    differs(`- ask: { session: a, context: { ${context} } }\n  expect: ${expected}`);

  test('is compared with every thing that is expected of it, and with nothing else', () => {
    expect(ask('allow')).toEqual([]);
    expect(ask('deny')).toEqual(['verdict: deny / allow']);
    expect(ask('{ verdict: allow, reason: ok, rule: grant, alone: allow, hold: false }')).toEqual([]);
    expect(ask('{ reason: rule_denied }')).toEqual(['reason: rule_denied / ok']);
    expect(ask('{ rule: no }')).toEqual(['rule: no / grant']);
    expect(ask('{ rule: t/grant }')).toEqual([]);
    expect(ask('{ rule: null }')).toEqual(['rule: none / grant']);
    expect(ask('{ rule: no, verdict: deny, alone: deny }', 'bad: true')).toEqual([]);
    expect(ask('{ alone: allow }', 'bad: true')).toEqual(['alone: allow / deny']);
    expect(ask('{ message: "no: has" }', 'bad: true')).toEqual([]);
    expect(ask('{ message: other }', 'bad: true')).toEqual([
      'message: … other … / no: has(context.bad) && context.bad is true',
    ]);
    expect(ask('{ message: other }')).toEqual(['message: … other … / none']);
    expect(ask('{ hold: true }')).toEqual(['hold: one / none']);
  });

  test('names the rules that fired, in force and in shadow, in any order', () => {
    expect(ask('{ fired: [grant], shadow: [] }')).toEqual([]);
    expect(ask('{ fired: [grant, cap, no], shadow: [look] }', 'amount: 20, bad: true')).toEqual([]);
    expect(ask('{ fired: [cap], shadow: [] }', 'amount: 20')).toEqual([
      'rules that fired: cap / cap, grant',
      'rules that fired in shadow: none / look',
    ]);
    expect(ask('{ exempt: [no] }')).toEqual(['rules passed by an exemption: no / none']);
  });

  test('makes a hold where it is to', () => {
    const held = '- ask: { action: hold, session: a }\n  hold: h\n  expect:';
    expect(differs(`${held} { hold: true }`)).toEqual([]);
    expect(differs(`${held} { hold: false }`)).toEqual(['hold: none / one']);
  });

  test('leaves exposures where they are to be', () => {
    expect(ask('{ exposure: { paid: 1 } }')).toEqual([]);
    expect(ask('{ exposure: { paid: "1.00" } }')).toEqual([]);
    expect(ask('{ exposure: { paid: { after: 1, settled: 0, held: 0, limit: 10, at_most: 1, key: "1" } } }')).toEqual(
      [],
    );
    expect(ask('{ exposure: { paid: { after: 2, settled: 3, held: 4, limit: 5, at_most: 0.5 } } }')).toEqual([
      'exposure paid, settled: 3 EUR / 0 EUR',
      'exposure paid, held: 4 EUR / 0 EUR',
      'exposure paid, after: 2 EUR / 1 EUR',
      'exposure paid, limit: 5 EUR / 10 EUR',
      'exposure paid, at most: 0.50 EUR / 1 EUR',
    ]);
    expect(ask('{ exposure: { paid: { key: "9", after: 1 } } }')).toEqual([
      'exposure paid of 9: moved or read / not touched',
    ]);
    expect(ask('{ exposure: { held: 1 } }')).toEqual(['exposure held: moved or read / not touched']);
    expect(ask('{ exposure: { paid: { after: 1.001 } } }')).toEqual([
      'exposure paid, after: 1.001 (finer than 2 decimals) / no such amount',
    ]);
    expect(ask('{ exposure: { live: { limit: 3, after: 1 } } }')).toEqual([]);
    expect(ask('{ exposure: { live: { after: 2 } } }')).toEqual(['exposure live, after: 2 / 1']);
    const held = '- ask: { action: hold, session: a }\n  hold: h\n  expect:';
    expect(differs(`${held} { exposure: { held: { limit: 1 } } }`)).toEqual(['exposure held, limit: 1 EUR / none']);
  });
});

describe('a step', () => {
  test('is repeated, and says at which time it failed; what follows a failure is not played', () => {
    expect(what('- ask: { session: a }\n  repeat: 3\n  expect: allow')).toEqual([
      'pay on account/1 by svc from a, 3 times',
    ]);
    const failing = play('- ask: { session: a, context: { amount: 4 } }\n  repeat: 5\n  expect: allow\n- advance: 1h');
    expect(failing.one.steps).toHaveLength(1);
    expect(failing.one.steps[0]).toMatchObject({
      line: 5,
      what: 'pay on account/1 by svc from a, time 3 of 5',
      verdict: 'deny',
      reason: 'aggregate_value_exceeded',
      rule: 'cap',
      ok: false,
    });
    expect(failing.one.steps[0]!.why.length).toBeGreaterThan(0);
    expect(play('- ask: { session: a }').one.steps[0]!.why).toEqual([]);
    expect(differs('- ask: { session: a, context: { amount: 11 } }')).toEqual([]);
  });

  test('of time lets windows and sessions pass', () => {
    const twice = (later: string) =>
      differs(
        `- ask: { session: a, context: { amount: 10 } }\n- advance: ${later}\n- ask: { session: b, context: { amount: 10 } }\n  expect: allow`,
      );
    expect([twice('59m'), twice('62m')]).toEqual([['verdict: allow / deny'], []]);
    expect(what('- advance: 15m')).toEqual(['15m later']);
    const sessions = (later: string) =>
      differs(`- ask: { session: a }\n- advance: ${later}\n- ask: { session: b }\n  expect: { exposure: { live: 1 } }`);
    expect([sessions('14m'), sessions('15m')]).toEqual([['exposure live, after: 1 / 2'], []]);
  });

  test('opens and ends sessions', () => {
    expect(what('- open_session: { id: s, region: eu }\n- open_sessions: { count: 2 }\n- end_session: s')).toEqual([
      'session s opens',
      '2 sessions open',
      'a session ends',
    ]);
    const live = (count: number, asks: string) =>
      differs(`- open_sessions: { count: ${count} }\n- advance: 1s\n- ask: { session: mine }\n  expect: ${asks}`);
    expect(live(2, 'allow')).toEqual([]);
    expect(live(3, 'allow')).toEqual(['verdict: allow / deny']);
    expect(
      differs(
        '- open_session: { id: s }\n- end_session: s\n- ask: { session: s }\n  expect: { reason: session_terminated }',
      ),
    ).toEqual([]);
    expect(differs('- end_session: s')).toEqual(['step: can be played / There is no session s yet.']);
    const two = '- open_session: { id: s }\n- open_session: { id: s, as: other }\n';
    expect(differs(`${two}- end_session: s`)).toEqual([
      'step: can be played / Several identities have a session s: say { as, session }.',
    ]);
    expect(differs(`${two}- end_session: { as: other, session: s }\n- ask: { session: s }\n  expect: allow`)).toEqual(
      [],
    );
    expect(
      differs(`${two}- end_session: { as: other, session: s }\n- ask: { as: other, session: s }\n  expect: deny`),
    ).toEqual([]);
    const aged =
      '- open_session: { id: old, age: 1h }\n- open_sessions: { count: 2 }\n- ask: { session: old }\n  expect: { exposure: { live: 3 } }';
    expect(differs(aged)).toEqual([]);
  });

  test('pauses an identity, and exempts one from a rule for a while', () => {
    expect(differs('- identity: { state: paused }\n- ask: {}\n  expect: { reason: identity_paused }')).toEqual([]);
    expect(differs('- identity: { as: other, state: paused }\n- ask: {}\n  expect: allow')).toEqual([]);
    expect(what('- identity: { state: revoked }')).toEqual(['svc becomes revoked']);
    const bad = '- ask: { context: { bad: true } }\n  expect:';
    const exempt = '- exempt: { identity: svc, rule: no, for: 1h }\n';
    expect(what(exempt)).toEqual(['svc is exempt from no for 1h']);
    expect(differs(`${exempt}${bad} { verdict: allow, exempt: [no] }`)).toEqual([]);
    expect(differs(`${exempt}- advance: 1h\n${bad} allow`)).toEqual(['verdict: allow / deny']);
    expect(differs(`- exempt: { identity: other, rule: no, for: 1h }\n${bad} allow`)).toEqual([
      'verdict: allow / deny',
    ]);
    const flow = '    identities:\n      svc: { workflows: [nightly] }\n';
    expect(differs(`- exempt: { workflow: nightly, rule: no, for: 1h }\n${bad} allow`, flow)).toEqual([]);
    expect(differs(`- exempt: { workflow: nightly, rule: no, for: 1h }\n${bad} allow`)).toEqual([
      'verdict: allow / deny',
    ]);
  });

  test('settles a hold or gives it back', () => {
    const held = '- ask: { action: hold, session: a, context: { amount: 5 } }\n  hold: h\n';
    const now = (step: string, after: string) => differs(`${held}${step}\n  expect: { exposure: { held: ${after} } }`);
    expect(now('- settle: h', '5')).toEqual([]);
    expect(now('- settle: { hold: h, amount: 2.50 }', '{ settled: 2.5, held: 0, after: 2.5 }')).toEqual([]);
    expect(now('- release: h', '0')).toEqual([]);
    expect(now('- release: h', '1')).toEqual(['exposure held, after: 1 EUR / 0 EUR']);
    expect(now('- settle: { hold: h, amount: 2.505 }', '0')).toEqual([
      'step: can be played / 2.505 has more than 2 decimals.',
    ]);
    expect(what(`${held}- settle: h`)[1]).toBe('a hold is settled');
    expect(what(`${held}- release: h`)[1]).toBe('hold h is given back');
    expect(differs(`${held}- advance: 10m\n- settle: h`)).toEqual(['step: can be played / Hold h has expired.']);
    expect(differs(`${held}- release: h\n- settle: h`)).toHaveLength(1);
    expect(differs('- settle: h')).toEqual([
      'step: can be played / There is no open hold h: it was not made, or has ended.',
    ]);
  });

  test('that cannot be played says what is missing', () => {
    const bare = (step: string) => {
      const text = `tests:\n  - name: one\n    steps:\n      ${step}\n`;
      const report = runTests({ policies: SET, tests: [{ name: 'a.test.yaml', text }] });
      return report.tests[0]!.steps[0]!.differences[0]!.came;
    };
    expect(bare('- ask: { action: pay }')).toBe('Say who asks: as: <identity>, here or in defaults.');
    expect(bare('- ask: { as: svc }')).toBe('Say what is asked: action: <name>, here or in defaults.');
    expect(bare('- open_session: { id: s }')).toBe('Say whose session it is: as: <identity>, here or in defaults.');
  });
});

describe('requests in any order', () => {
  const order = (expected: string, lanes = 'a: [{}, {}], b: [{}]') =>
    `- any_order: { ${lanes} }\n  expect: ${expected}`;

  test('hold in every one, or it says in which they do not', () => {
    const held = play(order('{ allowed: 3, refused: 0, exposure: { paid: 3 } }')).one;
    expect(held).toMatchObject({ ok: true, orders: 3, order: null });
    expect(held.steps[0]!.what).toBe('3 requests of 2 sessions, in any order');
    const failing = play(
      order('{ allowed: 3 }', 'a: [{ context: { amount: 6 } }, {}], b: [{ context: { amount: 5 } }]'),
    ).one;
    expect(failing).toMatchObject({ ok: false, orders: 3 });
    expect(failing.order).toHaveLength(3);
    expect(failing.steps[0]!.differences).toEqual([{ what: 'allowed', expected: '3', came: '2' }]);
    expect(failing.steps[0]!.why).toHaveLength(3);
    expect(failing.steps[0]!.why.join('\n')).toMatch(/^1\. a: allow \(ok, grant\)\n/);
    expect(failing.steps[0]!.why.join('\n')).toContain('deny (aggregate_value_exceeded, cap)');
    expect(play('- ask: {}').one).toMatchObject({ orders: null, order: null });
  });

  test('are counted exactly or within bounds', () => {
    const counted = (expected: string) => differs(order(expected));
    expect(counted('{ allowed: { at_least: 3 } }')).toEqual([]);
    expect(counted('{ allowed: { at_most: 3 }, refused: { at_most: 0 } }')).toEqual([]);
    expect(counted('{ allowed: { at_least: 4 } }')).toEqual(['allowed: 4 to any / 3']);
    expect(counted('{ allowed: { at_most: 2 } }')).toEqual(['allowed: 0 to 2 / 3']);
    expect(counted('{ allowed: { at_least: 1, at_most: 2 }, refused: 1 }')).toEqual([
      'allowed: 1 to 2 / 3',
      'refused: 1 / 0',
    ]);
    expect(counted('{ exposure: { paid: 4 } }')).toEqual(['exposure paid, after: 4 EUR / 3 EUR']);
  });
});

describe('a run', () => {
  test('names the rules nothing made fire, and plays a set in shadow as if it were in force', () => {
    expect(play('- ask: {}').unfired).toEqual(['cap', 'many', 'look', 'no']);
    expect(play('- ask: { context: { amount: 20, bad: true } }').unfired).toEqual(['many']);
    const shadow = play('- ask: { context: { bad: true } }\n  expect: deny', '', `${SET}mode: shadow\n`);
    expect([shadow.ok, shadow.set]).toEqual([true, 't']);
  });

  test('plays nothing where policies or fixtures cannot be read', () => {
    const wrong = runTests({ policies: 'set: t\nrules: x\n', tests: [] });
    expect(wrong).toMatchObject({ ok: false, set: null, tests: [], unfired: [] });
    expect(wrong.problems.length).toBeGreaterThan(0);
    const fixtures = runTests({ policies: SET, tests: [{ name: 'a.test.yaml', text: 'tests: 5\n' }] });
    expect(fixtures).toMatchObject({ ok: false, set: 't', tests: [], unfired: [] });
    expect(runTests({ policies: SET, tests: [] })).toMatchObject({ ok: true, problems: [], tests: [] });
  });
});
