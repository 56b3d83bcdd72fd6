import { expect, test } from 'vitest';
import { compile } from '@/lib/policies/compile';
import { meterKeys } from '@/lib/replay/meter-keys';

const keysOf = (per: string) => {
  const source = `set: lab\nmeters:\n  m: { count: true, per: ${per} }\nrules: [{ id: r, limit: { meter: m, max: 1 } }]\n`;
  return meterKeys(compile({ version: 1, hash: source, source, mode: 'enforce' }).meters[0]!);
};

test('what a meter counts per says what an attacker has to vary', () => {
  expect(keysOf('[identity, context.account]').keys).toEqual([
    { dimension: 'identity', names: null, part: 0, whole: true },
    { dimension: 'context.account', names: ['context', 'account'], part: 1, whole: true },
  ]);
  expect(keysOf(`'has(context.a.b) ? context.a.b : "none"'`).keys).toEqual([
    { dimension: 'context.a.b', names: ['context', 'a', 'b'], part: null, whole: false },
  ]);
  expect(keysOf(`'context["tool-name"] + "/" + resource.type'`).keys.map((one) => one.dimension)).toEqual([
    'context.tool-name',
    'resource.type',
  ]);
  const words = ['workload', 'asn', 'agent', 'task', 'posture', 'session.key', 'session.label', 'subject.id'];
  expect(words.map((per) => keysOf(per).keys[0])).toMatchObject(
    ['workload', 'asn', 'agent', 'task', 'posture', 'credential', 'session.label', 'identity'].map((dimension) => ({
      dimension,
      names: null,
    })),
  );
});

test('what it can not vary it names', () => {
  for (const per of [
    'owner',
    'workflow',
    'identity.environment',
    'session.source',
    'action.class',
    `'session.tags[0]'`,
  ])
    expect(keysOf(per)).toMatchObject({ keys: [], unvaried: [{ why: expect.any(String) }] });
  expect(keysOf(`'string(now.getHours())'`).unvaried).toMatchObject([{ key: 'now' }]);
  expect(keysOf(`'context.map[context.name]'`).keys).toMatchObject([{ dimension: 'context.name' }]);
  expect(keysOf(`'context.list[0]'`)).toMatchObject({ keys: [], unvaried: [{ key: 'context.list' }] });
});
