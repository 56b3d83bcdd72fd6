import {
  type CoverageRow,
  type CoverageSource,
  type CoverageTotals,
  type OwnerScore,
  TESTS,
  type Test,
} from '@/lib/coverage/model';

const full = (row: CoverageRow): boolean => row.visibility === TESTS.length;

/** Scorecards per owner, the least visible first; null = those without one. */
export function ownersOf(rows: readonly CoverageRow[]): OwnerScore[] {
  const groups = new Map<string | null, CoverageRow[]>();
  for (const row of rows) groups.set(row.owner, [...(groups.get(row.owner) ?? []), row]);
  return [...groups]
    .map(([owner, own]) => ({
      owner,
      identities: own.length,
      full: own.filter(full).length,
      visibility: Math.round((own.reduce((sum, row) => sum + row.visibility, 0) / own.length) * 10) / 10,
      gaps: own.reduce((sum, row) => sum + row.gaps.length, 0),
    }))
    .sort((a, b) => a.visibility - b.visibility || b.identities - a.identities)
    .slice(0, 500);
}

/** Sums over judged rows. Everything in a report that counts identities comes from here, so that it opens into those rows. */
export function sumRows(
  rows: readonly CoverageRow[],
): Pick<CoverageTotals, 'known' | 'full' | 'byVisibility' | 'byTest' | 'byKind' | 'gaps' | 'owners' | 'excess'> {
  const byVisibility = Array.from(
    { length: TESTS.length + 1 },
    (_, level) => rows.filter((row) => row.visibility === level).length,
  );
  const byTest = Object.fromEntries(
    TESTS.map((test) => [test, rows.filter((row) => row.tests[test].pass).length]),
  ) as Record<Test, number>;
  const byKind: CoverageTotals['byKind'] = {};
  const gaps: Record<string, number> = {};
  for (const row of rows) {
    const kind = byKind[row.kind] ?? { known: 0, full: 0 };
    byKind[row.kind] = { known: kind.known + 1, full: kind.full + (full(row) ? 1 : 0) };
    for (const gap of row.gaps) gaps[gap] = (gaps[gap] ?? 0) + 1;
  }
  return {
    known: rows.length,
    full: rows.filter(full).length,
    byVisibility,
    byTest,
    byKind,
    gaps,
    owners: ownersOf(rows),
    excess: {
      judged: rows.filter((row) => row.excess !== undefined).length,
      excessive: rows.filter((row) => row.excess).length,
    },
  };
}

const FRESH_MS = 3_600_000;

/** How old what a source told is, when the snapshot is taken. A log that was imported is neither fresh nor stale. */
export function freshnessOf(lastAt: string | null, live: boolean, now: string): CoverageSource['freshness'] {
  if (lastAt === null) return 'silent';
  if (Date.parse(now) - Date.parse(lastAt) <= FRESH_MS) return 'fresh';
  return live ? 'stale' : 'imported';
}

/** Monday of the week (ISO 8601) that a time is in, as YYYY-MM-DD, UTC. */
export function weekOf(at: string): string {
  const ms = Date.parse(at);
  const weekday = (new Date(ms).getUTCDay() + 6) % 7;
  return new Date(ms - weekday * 86_400_000).toISOString().slice(0, 10);
}
