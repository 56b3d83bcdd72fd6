// A false declaration fails the suite.
import { describe, expect, test } from 'vitest';
import { onlyDeclared, took, withinDeclared } from '@/lib/connectors/contract-subject';
import { manifest } from '@/lib/connectors/postgres/manifest';

const declared = { ...manifest.capabilities, gaps: { G8: 'sessions of its own' } };
const probed = (gap: 'G2' | 'G8') => ({
  result: 'gone' as const,
  detail: '',
  checks: [],
  residuals: [{ gap, what: 'x', why: 'y', until: null }],
});

describe('a declaration that is not so', () => {
  test('it answers before it has acted', () => {
    const accepted = { state: 'accepted' as const, affected: 1, detail: '' };
    expect(() => took({ ...declared, async: false }, accepted)).toThrow();
    took({ ...declared, async: true }, accepted);
  });
  test('a gap nobody was told of', () => {
    expect(() => onlyDeclared(declared, probed('G2'))).toThrow();
    onlyDeclared(declared, probed('G8'));
  });
  test('slower than declared, or slow and declared to act at once', () => {
    const slow = { differs: { settleMs: 3_000 } };
    const within = { ...declared, async: true, propagationMs: { p50: 100, max: 5_000 } };
    withinDeclared(within, slow);
    expect(() => withinDeclared({ ...within, propagationMs: { p50: 100, max: 1_000 } }, slow)).toThrow();
    expect(() => withinDeclared({ ...within, async: false }, slow)).toThrow();
  });
  test('what lives on without a gap', () => {
    expect(() => withinDeclared({ ...declared, gaps: {} }, { differs: { livesOn: true } })).toThrow();
    expect(() =>
      withinDeclared(declared, { differs: { livesOn: true, proof: { result: 'gone', gaps: ['G2'] } } }),
    ).toThrow();
    withinDeclared(declared, { differs: { livesOn: true, proof: { result: 'gone', gaps: ['G8'] } } });
  });
});
