// What a fixture can say of the rest of an answer, and of approvals, tasks and allotments.
import { describe, expect, test } from 'vitest';
import { runTests } from '@/lib/policies/run-tests';

describe('what an answer asks of its caller', () => {
  const TOLD = `set: t
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource, over: 1h, on: has(context.amount) }
rules:
  - id: cap
    limit: { meter: paid, max: 10, warn: [50, 90] }
    obligations: [{ type: notification, at: 90, properties: { to: owners } }]
  - id: fresh
    on: action.name == "export"
    step_up: "true"
    acr_values: [mfa]
    max_trust_age: 15m
  - id: over
    on: action.name == "over"
    deny: "true"
    obligations: [session_termination]
  - id: second
    on: action.name == "release"
    deny: "true"
    approval: { for: 10m, uses: 2, wait: 5m }
`;
  const differs = (steps: string) => {
    const text = `defaults: { as: svc, action: pay, resource: account/1 }\ntests:\n  - name: one\n    steps:\n${steps
      .trim()
      .replace(/^/gm, '      ')}\n`;
    const report = runTests({ policies: TOLD, tests: [{ name: 'a.test.yaml', text }] });
    expect(report.problems).toEqual([]);
    const last = report.tests[0]!.steps.at(-1)!;
    return last.differences.map(({ what, expected, came }) => `${what}: ${expected} / ${came}`);
  };
  const ask = (given: string, expected: string) => differs(`- ask: { session: a, ${given} }\n  expect: ${expected}`);

  test('warnings are all of them, by rule', () => {
    expect(ask('context: { amount: 5 }', '{ warnings: { cap: 50 } }')).toEqual([]);
    expect(ask('context: { amount: 5 }', '{ warnings: { t/cap: 50 } }')).toEqual([]);
    expect(ask('context: { amount: 5 }', '{ warnings: {} }')).toEqual(['warnings: none / cap at 50 %']);
    expect(ask('context: { amount: 1 }', '{ warnings: { cap: 50 } }')).toEqual(['warnings: cap at 50 % / none']);
  });

  test('obligations are all of them, each as far as it is said', () => {
    const near = 'context: { amount: 9 }';
    expect(ask(near, '{ obligations: [notification] }')).toEqual([]);
    expect(ask(near, '{ obligations: [{ type: notification, rule: cap, properties: { to: owners } }] }')).toEqual([]);
    expect(ask(near, '{ obligations: [] }')).toEqual(['obligations: none / notification of cap {"to":"owners"}']);
    expect(ask(near, '{ obligations: [{ type: notification, properties: { to: you } }] }')).toHaveLength(1);
    expect(ask(near, '{ obligations: [notification, notification] }')).toHaveLength(1);
    expect(ask('action: over', '{ obligations: [session_termination] }')).toEqual([]);
    expect(ask('action: over', '{ obligations: [{ type: session_termination, rule: cap }] }')).toHaveLength(1);
    expect(ask('action: export', '{ obligations: [] }')).toEqual([]);
  });

  test('a step-up says which assurance, and how old it may be', () => {
    expect(ask('action: export', '{ acr_values: [mfa], max_age: 15m }')).toEqual([]);
    expect(ask('action: export', '{ max_age: 900 }')).toEqual([]);
    expect(ask('action: export', '{ acr_values: [hw], max_age: 10m }')).toEqual([
      'acr_values: hw / mfa',
      'max_age: 600 s / 900 s',
    ]);
    expect(ask('action: pay', '{ acr_values: [mfa], max_age: 1m }')).toEqual([
      'acr_values: mfa / none',
      'max_age: 60 s / none',
    ]);
  });

  test('approval is asked for, given, used up, denied, and too late', () => {
    const denied = '- ask: { session: a, action: release }\n';
    const carried = '- ask: { session: a, action: release, approval: x }\n  expect: allow\n';
    expect(ask('action: release', '{ requestable: true }')).toEqual([]);
    expect(ask('action: release', '{ requestable: false }')).toEqual(['requestable: false / true']);
    const asked = `${denied}- request_approval: x\n`;
    expect(differs(`${asked}${carried}`)).toEqual(['verdict: allow / deny']);
    expect(differs(`${asked}- approve: x\n${carried}${carried}`)).toEqual([]);
    expect(differs(`${asked}- approve: x\n${carried}${carried}${carried}`)).toEqual(['verdict: allow / deny']);
    expect(differs(`${asked}- approve: { request: x, uses: 1 }\n${carried}${carried}`)).toHaveLength(1);
    expect(differs(`${asked}- approve: { request: x, for: 1m }\n- advance: 2m\n${carried}`)).toHaveLength(1);
    expect(differs(`${asked}- approve: { request: x, uses: 3 }`)).toEqual([
      'step: can be played / The policy grants at most 2 uses within 600 seconds.',
    ]);
    expect(differs(`${asked}- deny: x\n- approve: x`)).toEqual([
      'step: can be played / Request x is denied: it is answered once.',
    ]);
    expect(differs(`${asked}- advance: 6m\n- deny: x`)).toEqual([
      'step: can be played / Request x is expired: it is answered once.',
    ]);
    expect(differs(`${asked}- approve: { request: x, by: svc }\n  expect: refused`)).toEqual([]);
    expect(differs(`${asked}- approve: { request: x, by: svc }`)).toHaveLength(1);
    expect(differs(`${asked}- approve: { request: x, by: other }\n  expect: refused`)).toEqual([
      'approve: refused / approved',
    ]);
    expect(differs('- ask: { session: a, context: { amount: 11 } }\n- request_approval: x')).toEqual([
      'step: can be played / No approval would let this pass: something else stops it as well.',
    ]);
    expect(differs('- approve: nothing')).toEqual(['step: can be played / Approval nothing was not asked for.']);
  });

  test('a task that is complete is refused, and its sessions end', () => {
    const asks = '- ask: { session: { id: a, task: t } }\n  expect: allow\n- complete_task: t\n';
    expect(differs(`${asks}- ask: { session: { id: b, task: t } }\n  expect: { reason: task_ended }`)).toEqual([]);
    expect(differs(`${asks}- ask: { session: a }\n  expect: { reason: session_terminated }`)).toEqual([]);
    expect(differs(`${asks}- ask: { session: { id: b, task: u } }\n  expect: allow`)).toEqual([]);
  });

  test('an allotment is held as a whole and settled with what was used; unreported it counts as spent', () => {
    const allot = '- ask: { session: a, context: { amount: 6 }, allotment: 10m }\n  hold: h\n';
    expect(differs(`${allot}  expect: { hold: true, exposure: { paid: { after: 6 } } }`)).toEqual([]);
    const used = '- settle: { hold: h, amount: 2 }\n  expect: { exposure: { paid: { settled: 2, held: 0 } } }';
    expect(differs(`${allot}${used}`)).toEqual([]);
    const later = (amount: number) =>
      `- advance: 11m\n- ask: { session: b, context: { amount: ${amount} } }\n  expect: allow`;
    expect(differs(`${allot}${later(4)}`)).toEqual([]);
    expect(differs(`${allot}${later(5)}`)).toEqual(['verdict: allow / deny']);
  });

  test('asked again and again, over time, and of another resource each time', () => {
    const repeat = (resource: string, every: string) =>
      differs(
        `- ask: { session: a, resource: ${resource}, context: { amount: 4 } }\n  repeat: 5\n${every}  expect: allow`,
      );
    expect(repeat('account/1', '')).toEqual(['verdict: allow / deny']);
    expect(repeat('"account/{n}"', '')).toEqual([]);
    expect(repeat('account/1', '  every: 31m\n')).toEqual([]);
  });
});
