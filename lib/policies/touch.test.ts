// What a request touches: under which keys, how much, and which exposure that is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CompiledSet, Failed, type Question, type Touched, Uncounted } from '@/lib/policies/compiled-model';
import { declaredOf, entityKey } from '@/lib/policies/declared-evaluate';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { compiledSet } from '@/lib/policies/testing-set';
import { exposureIdOf, touch } from '@/lib/policies/touch';
import { usualLimit } from '@/lib/policies/usual-evaluate';

const meters = (...lines: string[]) =>
  compiledSet(`set: t\ndefault: allow\nmeters:\n${lines.map((one) => `  ${one}\n`).join('')}`);
const of = (
  set: CompiledSet | CompiledSet[],
  context: Record<string, unknown> = {},
  more: Partial<Question> = {},
): Touched => {
  const plain = plainQuestion([set].flat());
  return touch({ ...plain, asked: { ...plain.asked, context }, ...more });
};
const why = (touched: Touched) =>
  touched.failures.map(({ failed }) => [failed.reason, failed.message, failed instanceof Uncounted]);

describe('an exposure', () => {
  const id = (line: string, key = 'k', set = 't') => exposureIdOf(set, meters(line).meters[0]!, key);
  const paid = 'm: { sum: context.amount, unit: EUR, scale: 2, per: identity, over: 1h }';

  test('is the same for the same meter, whatever its window is as long as it is one', () => {
    expect(id(paid)).toBe(id(paid));
    expect(id(paid.replace('1h', '24h'))).toBe(id(paid));
    expect(id('m: { count: true, per: identity, window: { fixed: day, zone: Europe/Berlin } }')).toBe(
      id('m: { count: true, per: identity, window: { fixed: day } }'),
    );
  });

  test('and another one wherever anything else differs', () => {
    const all = [
      id(paid),
      id(paid, 'another'),
      id(paid, 'k', 'u'),
      id(paid.replace('m:', 'n:')),
      id(paid.replace('EUR', 'USD')),
      id(paid.replace('scale: 2', 'scale: 3')),
      id(paid.replace('identity', 'session')),
      id(paid.replace(', over: 1h', '')),
      id(paid.replace('over: 1h', 'window: { fixed: day }')),
      id(paid.replace('over: 1h', 'window: { fixed: week }')),
      id('m: { count: true, per: identity, over: 1h }'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('also of a meter that is asked of under two sets, or under very many keys', () => {
    const [meter] = meters(paid).meters;
    const [here, there] = [exposureIdOf('t', meter!, 'k'), exposureIdOf('u', meter!, 'k')];
    expect(here).not.toBe(there);
    expect([exposureIdOf('t', meter!, 'k'), exposureIdOf('u', meter!, 'k')]).toEqual([here, there]);
    for (let i = 0; i < 20_001; i++) exposureIdOf('t', meter!, String(i));
    expect(exposureIdOf('t', meter!, 'k')).toBe(here);
  });
});

describe('what a request adds', () => {
  const paid = meters('paid: { sum: context.pay.amount, unit: EUR, scale: 2, per: identity, over: 1h }');
  const amount = (pay: Record<string, unknown> | unknown) => {
    const touched = of(paid, { pay });
    return touched.touches[0]?.amount ?? why(touched)[0];
  };

  test('is its amount to the last minor unit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (minor) => {
        const text = `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
        expect(amount({ amount: text })).toBe(minor);
      }),
    );
    expect(amount({ amount: 10.5, unit: 'EUR', currency: 'EUR' })).toBe(1050n);
  });

  test('in the unit of the meter, or not at all', () => {
    const not = 'context.pay.amount is in USD, not EUR';
    expect(amount({ amount: 1, unit: 'USD' })).toEqual(['amount_invalid', not, true]);
    expect(amount({ amount: 1, currency: 'USD' })).toEqual(['amount_invalid', not, true]);
    expect(amount({ amount: 1, unit: 'EUR', currency: 'USD' })).toEqual(['amount_invalid', not, true]);
    expect(amount({ amount: 1, currency: null })).toMatchObject(['amount_invalid', /in null, not EUR/, true]);
    expect(amount({ amount: 1, currency: 'x'.repeat(30) })).toEqual([
      'amount_invalid',
      `context.pay.amount is in ${'x'.repeat(16)}, not EUR`,
      true,
    ]);
  });

  test('is told to be missing, or no amount', () => {
    const missing = ['attribute_missing', 'context.pay.amount is missing', true];
    for (const pay of [undefined, null, {}, { amount: null }, { amount: undefined }, 'text', 5])
      expect(amount(pay)).toEqual(missing);
    const none = 'context.pay.amount is not an amount in EUR with at most 2 decimals';
    for (const bad of [1.005, 'ten', -1, [1], {}])
      expect(amount({ amount: bad })).toEqual(['amount_invalid', none, true]);
    expect(amount({ amount: 0 })).toBe(0n);
    // What every object inherits is not in the request.
    const inherited = meters('m: { sum: context.constructor, unit: EUR, per: identity }');
    expect(why(of(inherited))).toEqual([['attribute_missing', 'context.constructor is missing', true]]);
  });

  test('is one of a count or a value, and none of live sessions or of what counts refusals', () => {
    const set = meters(
      'a: { count: true, per: identity }',
      'b: { distinct: resource, per: identity }',
      'c: { live_sessions: true, per: identity }',
      'd: { count: refused, per: identity }',
    );
    const { touches } = of(set);
    expect(touches.map((one) => [one.meter.name, one.amount, one.member])).toEqual([
      ['a', 1n, undefined],
      ['b', 1n, '1'],
      ['c', 0n, undefined],
      ['d', 0n, undefined],
    ]);
    expect(touches.map((one) => [one.set, one.key])).toEqual(Array(4).fill(['t', 'i']));
  });

  test('is nothing where the meter does not count it', () => {
    const set = meters(
      'a: { count: true, per: identity, on: context.x == 1 }',
      'c: { live_sessions: true, per: identity, where: session.region == "eu" }',
    );
    const session = plainSession('a', { region: 'eu' });
    const names = (x: number, region: string) =>
      of(set, { x }, { session: { ...session, region } }).touches.map((one) => one.meter.name);
    expect([names(1, 'eu'), names(2, 'eu'), names(1, 'us')]).toEqual([['a', 'c'], ['c'], ['a']]);
  });
});

describe('a key', () => {
  const keyOf = (per: string, context: Record<string, unknown>) => {
    const touched = of(meters(`m: { count: true, per: ${per} }`), context);
    return touched.touches[0]?.key ?? why(touched)[0];
  };

  test('is a text, a number or a truth, and several are told apart whatever is in them', () => {
    expect(keyOf('context.a', { a: 'x' })).toBe('x');
    expect(keyOf('context.a', { a: true })).toBe('true');
    expect(keyOf('context.a', { a: 7 })).toBe('7');
    expect(keyOf('[context.a, context.b]', { a: 'x","y', b: 'z' })).not.toBe(
      keyOf('[context.a, context.b]', { a: 'x', b: 'y","z' }),
    );
    expect(keyOf('[context.a, context.b]', { a: 'x', b: 'y' })).toBe('["x","y"]');
  });

  test('is told to be missing, not one, or too long: then it is not known where it counts', () => {
    expect(keyOf('context.a', { a: '' })).toEqual(['attribute_missing', 'context.a is empty', false]);
    expect(keyOf('context.a', { a: null })).toEqual(['attribute_missing', 'context.a is empty', false]);
    expect(keyOf('context.a', {})).toMatchObject(['attribute_missing', expect.any(String), false]);
    expect(keyOf('context.a', { a: ['x'] })).toEqual(['evaluation_error', 'context.a is no text or number', false]);
    expect(keyOf('context.a', { a: 'x'.repeat(512) })).toBe('x'.repeat(512));
    const long = 'context.a is longer than 512 characters';
    expect(keyOf('context.a', { a: 'x'.repeat(513) })).toEqual(['evaluation_error', long, false]);
    const both = { a: 'x'.repeat(300), b: 'y'.repeat(300) };
    expect(keyOf('[context.a, context.b]', both)).toEqual([
      'evaluation_error',
      'context.a + context.b is longer than 512 characters',
      false,
    ]);
    expect(keyOf('[context.a, context.b]', { a: 'x'.repeat(300), b: 'y'.repeat(205) })).toHaveLength(512);
  });
});

describe('workflows', () => {
  const workflows = (n: number) => Array.from({ length: n }, (_, i) => ({ id: `w${i}`, name: `n${i}` }));
  const identity = (n: number) => ({ identity: { ...plainQuestion([]).identity, workflows: workflows(n) } });
  const per = (scope: string, more = '') => meters(`m: { count: true, per: ${scope}${more} }`);

  test('each has its own exposure, by its scope or by its condition', () => {
    const keys = (set: CompiledSet, n: number) => of(set, {}, identity(n)).touches.map((one) => one.key);
    expect(keys(per('workflow'), 3)).toEqual(['w0', 'w1', 'w2']);
    expect(keys(per('identity'), 3)).toEqual(['i']);
    expect(keys(per('[workflow, resource]'), 2)).toEqual(['["w0","1"]', '["w1","1"]']);
    expect(keys(per('workflow', ', on: workflow.name != "n1"'), 3)).toEqual(['w0', 'w2']);
    expect(keys(per('identity', ', on: workflow.name != ""'), 3)).toEqual(['i']);
    expect(keys(per('identity', ', on: workflow.name == "n9"'), 3)).toEqual([]);
  });

  test('are counted up to ten', () => {
    expect(of(per('workflow'), {}, identity(10)).touches).toHaveLength(10);
    expect(why(of(per('workflow'), {}, identity(11)))).toEqual([
      ['evaluation_error', 'the identity works for more than 10 workflows', false],
    ]);
    expect(of(per('identity'), {}, identity(11)).touches).toHaveLength(1);
    expect(why(of(per('workflow'), {}, identity(0)))).toMatchObject([['attribute_missing', expect.any(String), false]]);
  });

  test('one request touches at most fifty exposures', () => {
    const lines = (n: number) => Array.from({ length: n }, (_, i) => `m${i}: { count: true, per: workflow }`);
    expect(of(meters(...lines(5)), {}, identity(10)).failures).toEqual([]);
    expect(why(of(meters(...lines(6)), {}, identity(9)))).toEqual([
      ['evaluation_error', 'one request touches more than 50 exposures', false],
    ]);
    expect(of(meters(...lines(5)), {}, identity(10)).touches).toHaveLength(50);
  });
});

describe('a set in shadow', () => {
  const line = 'm: { count: true, per: identity, over: 1h }';
  const shadow = (...lines: string[]): CompiledSet => ({ ...meters(...lines), mode: 'shadow' });
  const seen = (...sets: CompiledSet[]) =>
    of(sets).shadow?.touches.map((one) => [one.meter.name, one.meter.windowSecs]);

  test('sees what an enforced meter keeps over the very same window, and moves nothing', () => {
    expect(seen(meters(line))).toBeUndefined();
    expect(seen(meters(line), shadow(line))).toEqual([['m', 3600]]);
    expect(seen(meters(line), shadow(line.replace('1h', '2h')))).toEqual([]);
    expect(seen(shadow(line))).toEqual([]);
    expect(seen(meters(line), shadow(line, 'n: { count: true, per: identity }'))).toEqual([['m', 3600]]);
    expect(of([meters(line), shadow(line)]).touches).toHaveLength(1);
    const unread = shadow('m: { sum: context.amount, unit: EUR, per: identity }');
    const found = of([meters(line), unread]);
    expect([found.failures, found.shadow!.failures.map((one) => one.meter)]).toEqual([[], ['m']]);
  });
});

test('what is not a failure of the request is thrown', () => {
  const set = meters('m: { count: true, per: identity, on: "true" }');
  const broken = {
    ...set.meters[0]!,
    on: {
      ...set.meters[0]!.on!,
      run: () => {
        throw new RangeError('broken');
      },
    },
  };
  expect(() => of({ ...set, meters: [broken] })).toThrow(RangeError);
  const late = { ...set.meters[0]!, member: broken.on };
  expect(() => of({ ...set, meters: [late] })).toThrow(RangeError);
  const failing = {
    ...set.meters[0]!,
    member: {
      ...broken.on,
      run: () => {
        throw new Failed('attribute_missing', 'no');
      },
    },
  };
  expect(why(of({ ...set, meters: [failing] }))).toEqual([['attribute_missing', 'no', true]]);
});

test('the lowest constant limit that always stands; none, or told by the request', () => {
  const limits = (...rules: string[]) =>
    compiledSet(
      `set: t\ndefault: allow\nmeters:\n  m: { count: true, per: identity }\n  n: { count: true, per: identity }\nrules:\n${rules
        .map((one, i) => `  - id: r${i}\n    limit: { meter: ${one}\n`)
        .join('')}`,
    );
  expect(usualLimit(limits('m, max: 7 }', 'm, max: 5 }', 'm, max: 6 }', 'n, max: 1 }'), 'm')).toBe(5n);
  expect(usualLimit(limits('n, max: 1 }'), 'm')).toBeNull();
  expect(usualLimit(limits('m, max: 7 }', 'm, max: 5 }\n    on: resource.id == "1"'), 'm')).toBeUndefined();
  expect(usualLimit(limits('m, max: "context.max" }'), 'm')).toBeUndefined();
  expect(usualLimit(limits('m, max: 7 }', 'm, max: 5 }\n    mode: shadow'), 'm')).toBe(7n);
  expect(usualLimit({ ...limits('m, max: 7 }'), mode: 'shadow' }, 'm')).toBeNull();
});

test('what sets declare is told of every entity; what a request says of it goes before, and the first set before others', () => {
  const declares = (name: string, level: number, kind = 'resources') =>
    compiledSet(
      `set: ${name}\ndefault: allow\nentities:\n  ${kind}:\n    - { type: r, id: "1", properties: { level: ${level}, ${name}: true } }\n    - { type: r, id: "2" }\nrules: []\n`,
    );
  const sets = [declares('a', 1), declares('b', 2)];
  const declared = declaredOf(sets)!;
  expect(declared).toBe(declaredOf(sets));
  expect(declared.resources.get(entityKey({ type: 'r', id: '1' }))).toEqual({ level: 1, a: true, b: true });
  expect(declared.resources.get(entityKey({ type: 'r', id: '2' }))).toEqual({});
  expect([declared.resources.size, declared.subjects.size]).toEqual([2, 0]);
  expect(declaredOf([declares('a', 1, 'subjects')])!.subjects.size).toBe(2);
  expect(declaredOf([meters('m: { count: true, per: identity }')])).toBeNull();
  const counted = (level: number) =>
    meters(`m: { count: true, per: identity, on: resource.properties.level == ${level} }`);
  const plain = plainQuestion([]);
  const moved = (level: number, said?: Record<string, unknown>) =>
    of(
      [declares('a', 1), counted(level)],
      {},
      {
        asked: { ...plain.asked, resource: { type: 'r', id: '1', ...(said ? { properties: said } : {}) } },
      },
    ).touches.length;
  expect([moved(1), moved(2), moved(2, { level: 2 }), moved(1, { level: 2 })]).toEqual([1, 0, 1, 0]);
});
