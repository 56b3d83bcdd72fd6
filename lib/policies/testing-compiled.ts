// For tests only: a document checked and compiled, or what is wrong with it.
import { expect } from 'vitest';
import { check } from '@/lib/policies/check';
import { compileDocument } from '@/lib/policies/compile-document';

/** Compiled anew each time, without a version. */
export const compiled = (source: string) => {
  const { problems, document } = check(source);
  expect(problems).toEqual([]);
  return compileDocument(document!, (path, message) => {
    throw new Error(`${path.join('.')}: ${message}`);
  });
};
export const meters = (line: string) => `set: t\ndefault: allow\nmeters:\n  m: { ${line} }\n`;
export const rule = (lines: string, meter = 'count: true, per: identity') =>
  `${meters(meter)}rules:\n  - id: a\n    ${lines.replaceAll('\n', '\n    ')}\n`;
export const meter = (line: string) => compiled(meters(line)).meters[0]!;
export const said = (source: string) => {
  const { problems } = check(source);
  return problems.map((one) => `${one.path}: ${one.message}`);
};
