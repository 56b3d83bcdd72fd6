import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amountText,
  leftText,
  numberWord,
  percentOf,
  roundUp,
  scopeText,
  shortAmount,
  spanText,
  windowText,
} from '@/lib/exposures/format';

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('amounts', () => {
  test('are grouped, with decimals only where there are any', () => {
    expect(plain(amountText(940000n, 2, 'EUR'))).toBe('9 400 EUR');
    expect(plain(amountText('940050', 2))).toBe('9 400.50');
    expect(plain(amountText(5n, 2))).toBe('0.05');
    expect(plain(amountText(-1234567n))).toBe('−1 234 567');
    expect(amountText(0n, 2)).toBe('0');
  });
  test('say the value, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.integer({ min: 0, max: 9 }),
        (minor, scale) => {
          const [whole, fraction = ''] = plain(amountText(minor, scale))
            .replaceAll(' ', '')
            .replace('−', '-')
            .split('.');
          const digits = BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
          expect(digits).toBe(minor);
        },
      ),
    );
  });
  test('shorten on an axis', () => {
    expect(shortAmount(1200000n, 2)).toBe('12k');
    expect(shortAmount(250000n, 2)).toBe('2.5k');
    expect(shortAmount(0n, 2)).toBe('0');
    expect(shortAmount(3n)).toBe('3');
    expect(shortAmount(30n)).toBe('30');
    expect(shortAmount(100000n)).toBe('100k');
    expect(shortAmount(-2000000n)).toBe('−2M');
    expect(shortAmount(25n, 2)).toBe('0.25');
  });
  test('percent is reached at 100 and not before', () => {
    expect(percentOf(9999n, 10000n)).toBe(99);
    expect(percentOf(10000n, 10000n)).toBe(100);
    expect(percentOf(1n, 0n)).toBe(100);
  });
  test('round up to what a person would say', () => {
    expect(roundUp(430000n, 2)).toBe(500000n);
    expect(roundUp(240000n, 2)).toBe(250000n);
    expect(roundUp(500000n, 2)).toBe(500000n);
    expect(roundUp(3n)).toBe(5n);
    expect(roundUp(0n)).toBe(0n);
  });
  test('rounding up never goes below, nor beyond three times', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (minor) => {
        const bound = roundUp(minor);
        expect(bound >= minor && bound < minor * 3n).toBe(true);
      }),
    );
  });
});

describe('words', () => {
  test('scopes', () => {
    expect(scopeText('resource.id', '4711', 'account')).toBe('account 4711');
    expect(scopeText('subject.id', 'svc-a')).toBe('identity svc-a');
    expect(scopeText('context.braid.session.network', '10.0.0.1')).toBe('session network 10.0.0.1');
    expect(scopeText('credential.id', 'k1')).toBe('credential k1');
  });
  test('numbers and spans', () => {
    expect([numberWord(0), numberWord(3), numberWord(13)]).toEqual(['no', 'three', '13']);
    expect([spanText(0.2), spanText(1), spanText(90), spanText(1260), spanText(7300), spanText(86_400 * 3)]).toEqual([
      'less than a second',
      '1 second',
      '90 seconds',
      '21 minutes',
      '2 hours',
      '3 days',
    ]);
    expect([windowText(86_400), windowText(60), windowText(null), windowText(604_800), windowText(45)]).toEqual([
      '24 h',
      '1 min',
      'in all',
      '7 days',
      '45 s',
    ]);
  });
});

test('what is left is never told as more than it is, and its second unit is not lost', () => {
  expect([42_990, 39_600, 187_200, 2_510, 12.9, 0, -5].map(leftText)).toEqual([
    '11 h 56 min',
    '11 h',
    '2 d 4 h',
    '41 min',
    '12 s',
    '0 s',
    '0 s',
  ]);
});
