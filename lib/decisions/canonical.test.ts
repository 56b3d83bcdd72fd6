import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '@/lib/decisions/canonical';

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
