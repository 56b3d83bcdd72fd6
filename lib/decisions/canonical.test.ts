import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '@/lib/decisions/canonical';
import { entryText } from '@/lib/exposures/entry-text';

test('is RFC 8785, as the reference implementation writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonical(value)).toBe(canonicalize(value));
    }),
    { numRuns: 500 },
  );
  for (const text of ['é', '\u2028', '😀', '\u007f', '"\\', 'a\nb', '\ud83d\ude00', '\u00ad', ' '])
    expect(canonical({ [text]: text })).toBe(canonicalize({ [text]: text }));
});

test('the text of a ledger entry is canonical', () => {
  const text = entryText({
    exposureId: 'e',
    revision: 3n,
    atMs: 1_700_000_000_000,
    kind: 'settle',
    settled: -5n,
    held: 0n,
    settledNow: 1n,
    heldNow: 2n,
    sessionId: null,
    identityId: 'i',
    decisionId: null,
    holdId: 'h',
  });
  expect(text).toBe(canonicalize(JSON.parse(text)));
});
