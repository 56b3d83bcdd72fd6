// A folder of files as one source, and what is said of one that is none.
import { describe, expect, test } from 'vitest';
import type { BraidError } from '@/lib/platform/errors';
import { check } from '@/lib/policies/check';
import { merge } from '@/lib/policies/merge';

const SET = { name: 'set.yaml', text: 'set: t\ndefault: allow\n' };
const METERS = { name: 'meters.yaml', text: 'meters:\n  m: { count: true, per: identity }\n' };
const rules = (name: string, id: string) => ({ name, text: `rules:\n  - id: ${id}\n    deny: "true"\n` });
const refused = (...files: { name: string; text: string }[]) => {
  try {
    return merge(files);
  } catch (error) {
    const { code, publicMessage, detail } = error as BraidError;
    return { code, publicMessage, detail };
  }
};

describe('a folder', () => {
  test('is its set, then meters and rules of the others by name; fixtures are left out', () => {
    const source = merge([
      rules('c.yaml', 'third'),
      { name: 'a.test.yaml', text: 'tests: []' },
      rules('b.yaml', 'second'),
      METERS,
      { ...SET, text: `${SET.text}rules:\n  - id: first\n    deny: "true"\n` },
    ]);
    const { document } = check(source);
    expect([document!.set, Object.keys(document!.meters), document!.rules.map((one) => one.id)]).toEqual([
      't',
      ['m'],
      ['first', 'second', 'third'],
    ]);
    expect(merge([rules('b.yaml', 'second'), { ...SET, name: 'set.yml' }, rules('a.yaml', 'first')])).toBe(
      'set: t\ndefault: allow\nrules:\n  - id: first\n    deny: "true"\n  - id: second\n    deny: "true"\n',
    );
    expect(merge([SET, METERS])).toContain('meters:\n  m:');
  });

  test('of one file is that file, byte for byte, whatever it is called', () => {
    const odd = 'set:   t # as it is\n';
    expect(merge([{ name: 'any.yaml', text: odd }])).toBe(odd);
    expect(merge([{ ...SET, text: odd }])).toBe(odd);
    expect(
      merge([
        { ...SET, text: odd },
        { name: 'x.test.yaml', text: '' },
      ]),
    ).toBe(odd);
  });

  test('keeps long lines as they were written', () => {
    const long = Array.from({ length: 40 }, (_, i) => `resource.id != "${i}"`).join(' && ');
    expect(merge([SET, { name: 'a.yaml', text: `rules:\n  - id: a\n    deny: ${long}\n` }])).toContain(
      `deny: ${long}\n`,
    );
  });
});

describe('is refused', () => {
  test('without a set.yaml', () => {
    const none = { code: 'policy.invalid', publicMessage: 'A policy folder has a file set.yaml.' };
    for (const name of ['a.yaml', 'set.yaml.old', 'reset.yaml', 'set.xaml'])
      expect(refused({ ...SET, name }, METERS)).toMatchObject(none);
    expect(refused()).toMatchObject(none);
  });

  test('where a file says what only set.yaml may say, or a meter twice', () => {
    expect(refused(SET, { name: 'a.yaml', text: 'default: deny\n' })).toEqual({
      code: 'policy.invalid',
      publicMessage: 'a.yaml: only set.yaml may say "default"; other files have meters and rules.',
      detail: [{ path: 'a.yaml', message: 'only set.yaml may say "default"; other files have meters and rules.' }],
    });
    expect(refused(SET, { name: 'a.yaml', text: 'meters: [x]\n' })).toMatchObject({
      publicMessage: 'a.yaml: only set.yaml may say "meters"; other files have meters and rules.',
    });
    expect(refused(SET, { name: 'a.yaml', text: 'rules: { x: 1 }\n' })).toMatchObject({
      publicMessage: 'a.yaml: only set.yaml may say "rules"; other files have meters and rules.',
    });
    expect(refused(SET, METERS, { ...METERS, name: 'more.yaml' })).toMatchObject({
      publicMessage: 'more.yaml: there is already a meter "m".',
    });
  });

  test('where a file is no map or cannot be read', () => {
    expect(refused(SET, { name: 'a.yaml', text: '[]' })).toEqual({
      code: 'policy.invalid',
      publicMessage: "a.yaml can't be read.",
      detail: [{ path: 'a.yaml', message: 'It is no map.' }],
    });
    const twice = refused(SET, { name: 'a.yaml', text: 'rules: []\nrules: []\n' });
    expect(twice).toMatchObject({ publicMessage: "a.yaml can't be read.", detail: [{ path: 'a.yaml' }] });
    expect((twice as { detail: { message: string }[] }).detail[0]!.message).toMatch(/^Map keys must be unique[^\n]*$/);
    expect(refused({ ...SET, text: 'set: [' }, METERS)).toMatchObject({ publicMessage: "set.yaml can't be read." });
  });
});
