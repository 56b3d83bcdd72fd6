import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { folded, lineDiff } from '@/lib/policies/diff-format';

const text = fc
  .array(fc.constantFrom('set: a', 'rules:', '  - id: cap', '    max: 10', '    max: 20', ''), { maxLength: 30 })
  .map((lines) => lines.join('\n'));
const marks = (before: string, after: string) =>
  lineDiff(before, after).map((line) => `${{ same: ' ', added: '+', removed: '-' }[line.kind]}${line.text}`);

describe('the difference of two versions', () => {
  test('names what changed', () => {
    expect(marks('set: a\nmax: 10\nrules:\n', 'set: a\nmax: 20\nwarn: 80\nrules:\n')).toEqual([
      ' set: a',
      '-max: 10',
      '+max: 20',
      '+warn: 80',
      ' rules:',
    ]);
    expect(marks('a\nb\nc', 'a\nc')).toEqual([' a', '-b', ' c']);
    expect(marks('a', 'a')).toEqual([' a']);
  });
  test('rebuilds both sides, whatever they are', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after);
        const side = (kind: string) => lines.filter((line) => line.kind === 'same' || line.kind === kind);
        const plain = (source: string) => source.replace(/\n$/, '').split('\n');
        expect(side('removed').map((line) => line.text)).toEqual(plain(before));
        expect(side('added').map((line) => line.text)).toEqual(plain(after));
        expect(side('removed').map((line) => line.before)).toEqual(plain(before).map((_, at) => at + 1));
        expect(side('added').map((line) => line.after)).toEqual(plain(after).map((_, at) => at + 1));
      }),
    );
  });
  test('folding keeps every change and says where it left lines out', () => {
    const before = Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n');
    const lines = folded(lineDiff(before, before.replace('line 20', 'other')));
    expect(lines.filter((line) => line === null)).toHaveLength(2);
    expect(lines.filter((line) => line !== null)).toHaveLength(8);
    expect(folded(lineDiff(before, before))).toEqual([null]);
  });
});
