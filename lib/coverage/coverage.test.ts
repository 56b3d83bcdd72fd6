import { describe, expect, test } from 'vitest';
import type { BlindReport } from '@/lib/allotments/model';
import { assess } from '@/lib/coverage/assess';
import { freshnessOf, sumRows, weekOf } from '@/lib/coverage/evaluate';
import { headline, share } from '@/lib/coverage/format';
import type { ConnectorFact, CoverageFacts, CoverageRow, Snapshot } from '@/lib/coverage/model';
import { reportDocument } from '@/lib/coverage/pdf/format';
import { field, reportCsv } from '@/lib/coverage/report-csv';
import { reportPdf } from '@/lib/coverage/report-pdf';

const NOW = '2026-05-04T12:00:00.000Z';
const system: ConnectorFact = {
  id: 'c1',
  name: 'orders database',
  enabled: true,
  lastSyncAt: '2026-05-04T11:59:50.000Z',
  listsSessions: true,
  discovers: true,
  revokes: true,
  proven: { at: '2026-05-01T09:00:00.000Z', ms: 812, identityName: 'canary' },
};
const whole: CoverageFacts = {
  identityId: '019a0000-0000-7000-8000-000000000001',
  name: 'svc-orders',
  kind: 'service_account',
  managed: true,
  protected: false,
  environment: 'production',
  owner: 'payments team',
  ownerSource: 'manual',
  ownerAttestedAt: null,
  purpose: 'Writes orders',
  sources: [],
  connectors: [system],
  credentialsListed: 1,
  credentialsSeen: 0,
  lastSeenAt: '2026-05-04T11:00:00.000Z',
  liveSessions: 2,
  peakSessions: 4,
  sessionCount: 9,
  recentSessions: 9,
  boundSessions: 9,
  concurrencyLimit: 5,
  proven: null,
};
const judge = (over: Partial<CoverageFacts> = {}) => assess({ ...whole, ...over }, NOW);

describe('the six tests', () => {
  test('everything known and proven is six', () => expect(judge()).toMatchObject({ visibility: 6, gaps: [] }));
  test('each one fails for its own reason and costs one', () => {
    const cases: [Partial<CoverageFacts>, string][] = [
      [{ owner: null }, 'owner'],
      [{ purpose: null }, 'purpose'],
      [{ credentialsListed: 0 }, 'credentials'],
      [{ lastSeenAt: null, connectors: [{ ...system, listsSessions: false }] }, 'lastUse'],
      [{ connectors: [{ ...system, lastSyncAt: '2026-05-04T10:00:00.000Z' }] }, 'sessions'],
      [{ connectors: [{ ...system, proven: null }] }, 'revocation'],
    ];
    for (const [over, gap] of cases) expect(judge(over).gaps).toContain(gap);
    expect(cases.filter(([over]) => judge(over).visibility === 5)).toHaveLength(5);
  });
  test('a declared capability proves nothing, nor does a proof of a hundred days ago', () => {
    expect(judge({ connectors: [{ ...system, proven: null }] }).tests.revocation.why).toBe(
      'Declared by orders database, not proven within 90 days.',
    );
    const old = { at: '2026-01-20T00:00:00.000Z', ms: 500 };
    expect(judge({ connectors: [{ ...system, proven: null }], proven: old }).tests.revocation.pass).toBe(false);
    expect(
      judge({ connectors: [{ ...system, proven: null }], proven: { ...old, at: '2026-05-01T00:00:00.000Z' } }).tests
        .revocation.pass,
    ).toBe(true);
  });
  test('every system it lives in has to be proven', () =>
    expect(
      judge({ connectors: [system, { ...system, id: 'c2', name: 'cache', proven: null }] }).tests.revocation.why,
    ).toContain('cache'));
  test('an identity known from logs alone has owner, purpose and last use at most', () => {
    const judged = judge({ connectors: [], sources: ['cloudtrail'], credentialsListed: 0, credentialsSeen: 3 });
    expect(judged.visibility).toBe(3);
    expect(judged.tests.credentials.why).toBe('3 seen in logs; no connected system lists them all.');
    expect(judged.gaps).toContain('managed');
  });
  test('a protected identity is never called revocable', () =>
    expect(judge({ protected: true }).tests.revocation.pass).toBe(false));
  test('no limit, no binding and overlap without all three are gaps beside the tests', () => {
    expect(judge({ concurrencyLimit: null })).toMatchObject({ visibility: 6, gaps: ['limit'] });
    expect(judge({ boundSessions: 8 }).gaps).toEqual(['binding']);
    expect(
      judge({ concurrencyLimit: null, boundSessions: 0, connectors: [{ ...system, proven: null }] }).gaps,
    ).toContain('overlap');
    expect(
      judge({ concurrencyLimit: null, boundSessions: 0, peakSessions: 1, connectors: [{ ...system, proven: null }] })
        .gaps,
    ).not.toContain('overlap');
  });
});

const rowOf = (over: Partial<CoverageFacts> = {}): CoverageRow => {
  const {
    environment,
    sources,
    lastSeenAt,
    liveSessions,
    peakSessions,
    concurrencyLimit,
    identityId,
    name,
    kind,
    owner,
  } = { ...whole, ...over };
  return {
    environment,
    sources,
    lastSeenAt,
    liveSessions,
    peakSessions,
    concurrencyLimit,
    identityId,
    name,
    kind,
    owner,
    ...judge(over),
  };
};
const rows = [
  rowOf(),
  rowOf({ owner: null }),
  rowOf({ owner: null, purpose: null, name: '=cmd|"x"', kind: 'ai_agent' }),
];
const snapshot: Snapshot = {
  id: '019a0000-0000-7000-8000-00000000000a',
  weekOf: '2026-05-04',
  takenAt: NOW,
  takenBy: 'weekly snapshot',
  percent: 33.3,
  fieldPercent: 5.7,
  totals: {
    ...sumRows(rows),
    remainder: { logsOnly: 0, decisionsOnly: 2, humans: 1 },
    live: { identities: 1, sessions: 6, aboveLimit: 0 },
    decisions: { total: 1204, split: 47, spared: [{ unit: 'EUR', scale: 2, amount: '11840000' }] },
    revocations: { total: 12, verified: 11, p95Ms: 812 },
  },
  sources: [
    {
      name: 'orders database',
      kind: 'connector',
      connectorId: null,
      identities: 3,
      full: 1,
      lastAt: NOW,
      freshness: 'fresh',
      detail: 'PostgreSQL, ok',
    },
  ],
  rows,
  trend: [],
};

const POINT = '01a202a9-66c9-70f5-b808-d6d7e361948b';
const BLIND: BlindReport = {
  from: '2026-05-04T00:00:00Z',
  to: '2026-05-11T00:00:00Z',
  units: [
    {
      unit: 'EUR',
      scale: 2,
      online: '90000',
      bounded: '0',
      offline: '7550',
      legacy: '2450',
      total: '100000',
      blind: '10000',
      percent: 10,
    },
  ],
  points: [
    {
      tokenId: POINT,
      name: 'till-7',
      mode: 'offline',
      staleSecs: null,
      settleAfterSecs: null,
      decisions: 3,
      allotments: 2,
      open: 0,
      overdue: 1,
      overused: 0,
      told: 4,
      toldDenied: 1,
      variance: [
        { unit: 'EUR', scale: 2, given: '20000', spent: '7550', returned: '12450', beyond: '0', denied: '500' },
      ],
    },
  ],
};

describe('totals', () => {
  test('add up to the denominator', () => {
    const { totals } = snapshot;
    expect(totals.byVisibility.reduce((a, b) => a + b, 0)).toBe(totals.known);
    expect(Object.values(totals.byKind).reduce((sum, kind) => sum + kind.known, 0)).toBe(totals.known);
    expect(totals.owners.reduce((sum, each) => sum + each.identities, 0)).toBe(totals.known);
    expect(totals).toMatchObject({
      known: 3,
      full: 1,
      byTest: { owner: 1, purpose: 2 },
      gaps: { owner: 2, purpose: 1 },
    });
  });
  test('shares, weeks and freshness', () => {
    expect([share(1, 3), share(0, 0), share(57, 1000)]).toEqual([33.3, 0, 5.7]);
    expect(['2026-05-04T00:00:00Z', '2026-05-10T23:59:59Z', '2026-05-11T00:00:00Z'].map(weekOf)).toEqual([
      '2026-05-04',
      '2026-05-04',
      '2026-05-11',
    ]);
    expect([
      freshnessOf(null, true, NOW),
      freshnessOf(NOW, true, NOW),
      freshnessOf('2026-05-01T00:00:00Z', true, NOW),
      freshnessOf('2023-07-10T00:00:00Z', false, NOW),
    ]).toEqual(['silent', 'fresh', 'stale', 'imported']);
  });
  test('the first sentence has numerator, denominator and the field', () =>
    expect(headline(snapshot)).toBe(
      '1 of 3 service accounts (33.3 %) is fully visible; 2 lack at least one of six tests. The field reports 5.7 % of organisations with full visibility.',
    ));
});

describe('forms', () => {
  test('CSV has a line per identity, quotes what must be quoted and disarms formulas', () => {
    const lines = reportCsv(snapshot, BLIND).trimEnd().split('\r\n');
    expect(lines.slice(0, 5).map((line) => line.replace(/,+$/, '') === '')).toEqual([false, false, false, false, true]);
    expect(lines[3]).toContain(`"'=cmd|""x"""`);
    expect(field('a,b\n"c"')).toBe('"a,b\n""c"""');
    expect(field(-5)).toBe('-5');
  });
  test('CSV says what was decided blind, per unit and enforcement point, in as many fields', () => {
    const lines = reportCsv(snapshot, BLIND).trimEnd().split('\r\n');
    const found = lines.slice(5).map((line) => line.replace(/,+$/, ''));
    expect(found[1]).toBe('2026-05-04T00:00:00Z to 2026-05-11T00:00:00Z,EUR,1000.00,900.00,0.00,75.50,24.50,100.00,10');
    expect(found[4]).toBe(`${POINT},till-7,offline,3,2,1,4,1,EUR,200.00,75.50,124.50,0.00,5.00`);
    const fields = (line: string) => line.replace(/"(?:[^"]|"")*"/g, '').split(',').length;
    expect(new Set(lines.map(fields)).size).toBe(1);
  });
  test('PDF is drawn, with its fonts inside and what was decided blind', async () => {
    const text = JSON.stringify(reportDocument(snapshot, BLIND).content);
    for (const said of ['10 % of 1 000 EUR was decided blind.', 'till-7', '5 EUR would have been denied'])
      expect(text).toContain(said);
    expect(JSON.stringify(reportDocument(snapshot, { ...BLIND, points: [] }).content)).toContain(
      'Every enforcement point asks',
    );
    const pdf = await reportPdf(snapshot, BLIND);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.toString('latin1')).toContain('FontFile2');
    expect(pdf.length).toBeGreaterThan(10_000);
  });
});
