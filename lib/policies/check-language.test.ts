// Meters, windows, assurance and obligations: what compiles, and what is said of what does not.
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '@/lib/platform/env';
import { check } from '@/lib/policies/check';
import { checkDir } from '@/lib/policies/check-dir';
import { compile } from '@/lib/policies/compile';
import { readDir } from '@/lib/policies/read-dir';

const meters = (lines: string) => `set: t\ndefault: allow\nmeters:\n  ${lines}\nrules: []\n`;
const rules = (lines: string) =>
  `set: t\ndefault: allow\nmeters:\n  m: { count: true, per: identity }\nrules:\n  - id: a\n    ${lines}\n`;
const problem = (source: string) => {
  const { problems } = check(source);
  expect(problems.length).toBeGreaterThan(0);
  return `${problems[0]!.line}:${problems[0]!.column} ${problems[0]!.message}`;
};
const compiled = (source: string) => {
  expect(check(source).problems).toEqual([]);
  return compile({ version: 1, hash: source, source, mode: 'enforce' });
};

test('windows: sliding, lifetime, calendar with a zone, over live sessions', () => {
  const span = (window: string) => {
    const [meter] = compiled(meters(`m: { count: true, per: identity, ${window} }`)).meters;
    return [meter!.windowSecs, meter!.calendar];
  };
  expect(span('over: 24h')).toEqual([86_400, null]);
  expect(span('window: { sliding: 24h }')).toEqual([86_400, null]);
  expect(span('window: lifetime')).toEqual([null, null]);
  expect(span('window: live_sessions')).toEqual([null, 'live']);
  expect(span('window: { fixed: day, zone: Europe/Berlin }')).toEqual([0, 'day Europe/Berlin']);
  expect(span('window: { fixed: month }')).toEqual([0, 'month UTC']);
  const refused = (window: string) => problem(meters(`m: { count: true, per: identity, ${window} }`));
  expect(refused('over: 1h, window: lifetime')).toBe(
    '4:54 over and window exclude each other: over: 24h is window: { sliding: 24h }.',
  );
  expect(refused('window: { fixed: fortnight }')).toMatch(/^4:53 fixed: .*hour/);
  expect(refused('window: { fixed: day, zone: Europe/Berln }')).toMatch(/^4:64 zone: is an IANA/);
  expect(refused('window: { zone: Europe/Berlin }')).toMatch(/^4:44 .*is lifetime, live_sessions/);
  expect(refused('window: weekly')).toContain('live_sessions');
  expect(refused('windw: lifetime')).toMatch(/^4:36 "windw" is not known here\. Did you mean "window"\?/);
});

test('meters of distinct values, of refusals, of filtered sessions', () => {
  const [distinct] = compiled(meters('m: { distinct: resource, per: identity, over: 1h }')).meters;
  expect([distinct!.kind, distinct!.member?.source]).toEqual(['distinct', 'resource.id']);
  expect(compiled(meters('m: { count: refused, per: identity, over: 1h }')).meters[0]!.refused).toBe(true);
  const [live] = compiled(
    meters(`m: { live_sessions: true, per: [identity, region], where: '"batch" in session.tags' }`),
  ).meters;
  expect([live!.scope, live!.where?.source]).toEqual(['identity.id + session.region', '"batch" in session.tags']);
  expect(problem(meters('m: { distinct: resource.ids, per: identity }'))).toBe(
    '4:27 No such key: ids. Did you mean "id"?',
  );
  expect(problem(meters('m: { distinct: context, per: identity }'))).toContain('not string or int or bool');
  expect(problem(meters('m: { live_sessions: true, per: region }'))).toContain('live_sessions counts per');
  expect(problem(meters('m: { live_sessions: true, per: identity, where: session.regin == "eu" }'))).toContain(
    'Did you mean "region"?',
  );
  expect(problem(meters('m: { count: refused, per: identity, settle: explicit, hold: 1m }'))).toContain(
    'holds nothing',
  );
  expect(problem(meters('m: { count: sometimes, per: identity }'))).toMatch(/^4:15 /);
});

test('assurance, bindings and obligations', () => {
  const [rule] = compiled(
    rules(
      'step_up: true\n    acr_values: [mfa]\n    max_trust_age: 15m\n    obligations: [session_termination, { type: notification, properties: { to: soc } }]',
    ),
  ).rules;
  expect(rule).toMatchObject({
    acrValues: ['mfa'],
    maxTrustSecs: 900,
    obligations: [
      { type: 'session_termination', at: null, properties: {} },
      { type: 'notification', at: null, properties: { to: 'soc' } },
    ],
  });
  expect(compiled(rules('limit: { meter: m, max: 1 }')).rules[0]!.limit!.warn).toEqual([80, 90]);
  expect(compiled(rules('deny: changed.any && bound.region != "eu"')).rules).toHaveLength(1);
  expect(problem(rules('deny: changed.netwrk'))).toBe('7:19 No such key: netwrk. Did you mean "network"?');
  expect(problem(rules('deny: bond.region == "eu"'))).toMatch(/^7:11 .* Did you mean "bound"\?/);
  expect(problem(rules('step_up: true\n    max_trust_age: soon'))).toMatch(/^8:20 max_trust_age: is a duration/);
  expect(problem(rules('deny: true\n    max_trust_age: 5m'))).toContain('"max_trust_age" is not known here');
  expect(problem(rules('deny: true\n    obligations: [{ type: notification, at: 80 }]'))).toMatch(
    /^8:45 at is a percentage of a limit/,
  );
  expect(problem(rules('allow: true\n    obligations: [identity_pause]'))).toContain('A rule that allows ends nothing');
  expect(problem(rules('limit: { meter: m, max: 1 }\n    acr_values: [mfa]'))).toContain('verdict: step_up');
});

test('the sample folder compiles', () => {
  const files = readDir(path.join(projectRoot(), 'docs/examples/policies/agents'));
  expect(checkDir(files)).toMatchObject({ ok: true, document: { set: 'agents' } });
});
