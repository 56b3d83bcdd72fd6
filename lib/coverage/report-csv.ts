import type { BlindReport } from '@/lib/allotments/model';
import { GAPS, type Snapshot, TESTS } from '@/lib/coverage/model';
import type { Span } from '@/lib/revocations/times/model';

/** A field of RFC 4180. A leading = + - @ is disarmed, because spreadsheets would run it as a formula. */
export function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const HEADER = [
  'snapshot',
  'taken_at',
  'identity_id',
  'name',
  'kind',
  'environment',
  'owner',
  'visibility',
  'fully_visible',
  ...TESTS.flatMap((test) => [test, `${test}_why`]),
  'gaps',
  'sources',
  'last_seen_at',
  'live_sessions',
  'peak_sessions',
  'concurrency_limit',
  'excessive_privileges',
];

type Cell = string | number | null;

/** Minor units as a spreadsheet reads them: `940050, 2` → `9400.50`. */
function decimal(minor: string, scale: number): string {
  const digits = minor.replace('-', '').padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${minor.startsWith('-') ? '-' : ''}${whole}${scale ? `.${digits.slice(-scale)}` : ''}`;
}

const BLIND = ['decided_blind', 'unit', 'total', 'online', 'recent_answer', 'allotments', 'told_afterwards', 'blind'];
const POINTS = ['enforcement_point', 'name', 'mode', 'decisions', 'allotments', 'overdue', 'told', 'told_denied'];
const VARIANCE = ['unit', 'given', 'spent', 'given_back', 'beyond', 'would_be_denied'];

/** Value by how it was decided, then every enforcement point with its variance: a line for each unit of it. */
function blindLines({ from, to, units, points }: BlindReport): Cell[][] {
  const period = `${from} to ${to}`;
  return [
    [...BLIND, 'blind_percent'],
    ...units.map((one): Cell[] => [
      period,
      one.unit,
      ...[one.total, one.online, one.bounded, one.offline, one.legacy, one.blind].map((sum) => decimal(sum, one.scale)),
      one.percent,
    ]),
    [],
    [...POINTS, ...VARIANCE],
    ...points.flatMap((point): Cell[][] => {
      const of: Cell[] = [
        point.tokenId,
        point.name,
        point.mode,
        point.decisions,
        point.allotments,
        point.overdue,
        point.told,
        point.toldDenied,
      ];
      if (point.variance.length === 0) return [of];
      return point.variance.map(({ unit, scale, given, spent, returned, beyond, denied }) => [
        ...of,
        unit,
        ...[given, spent, returned, beyond, denied].map((sum) => decimal(sum, scale)),
      ]);
    }),
  ];
}

const REVOKE = ['time_to_revoke', 'declared_ms', 'effective_p50_ms', 'effective_p95_ms', 'verified_p50_ms'];

/** Time to revoke, measured over 90 days: as a whole, per system, and the exposure after detection. */
function revokeLines(times: NonNullable<Snapshot['totals']['revocations']['times']>): Cell[][] {
  const spans = (one: { effective: Span | null; verified: Span | null }): Cell[] => [
    one.effective?.p50 ?? null,
    one.effective?.p95 ?? null,
    one.verified?.p50 ?? null,
    one.verified?.p95 ?? null,
    one.verified?.count ?? 0,
  ];
  return [
    [...REVOKE, 'verified_p95_ms', 'proven', 'missed_target', 'target_ms', 'drilled_out_ms', 'drills_failed'],
    ['all', null, ...spans(times), times.missed, times.targetMs, null, null],
    ...times.systems.map((one): Cell[] => [
      one.name,
      one.declared?.p50 ?? null,
      ...spans(one),
      one.missed,
      times.targetMs,
      one.drilled && one.drilled.refusedMs !== null ? Math.max(one.drilled.refusedMs, one.drilled.deadMs ?? 0) : null,
      one.drilled?.failed ?? null,
    ]),
    [
      'exposure after detection',
      null,
      null,
      null,
      ...spans({ effective: null, verified: times.exposure }).slice(2),
      null,
      null,
    ],
  ];
}

/**
 * One line per identity of the denominator, with the result and the reason of each test; below them, each after an empty
 * line and under a header of its own, what was decided blind and by whom, and the time to revoke. Every line has as many fields (RFC 4180).
 */
export function reportCsv(snapshot: Snapshot, blind: BlindReport): string {
  const lines = snapshot.rows.map((row) =>
    [
      snapshot.id,
      snapshot.takenAt,
      row.identityId,
      row.name,
      row.kind,
      row.environment,
      row.owner,
      row.visibility,
      row.visibility === TESTS.length ? 'yes' : 'no',
      ...TESTS.flatMap((test) => [row.tests[test].pass ? 'pass' : 'fail', row.tests[test].why]),
      row.gaps.map((gap) => GAPS[gap]).join('; '),
      row.sources.join('; '),
      row.lastSeenAt,
      row.liveSessions,
      row.peakSessions,
      row.concurrencyLimit,
      row.excess === undefined ? 'not judged' : (row.excess ?? 'no'),
    ]
      .map(field)
      .join(','),
  );
  const { times } = snapshot.totals.revocations;
  const more = [[], ...blindLines(blind), ...(times ? [[], ...revokeLines(times)] : [])].map((cells: Cell[]) =>
    Array.from({ length: HEADER.length }, (_, index) => field(cells[index] ?? null)).join(','),
  );
  return `${[HEADER.join(','), ...lines, ...more].join('\r\n')}\r\n`;
}
