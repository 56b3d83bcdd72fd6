import { GAPS, type Snapshot, TESTS } from '@/lib/coverage/model';

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
];

/** One line per identity of the denominator, with the result and the reason of each test. */
export function reportCsv(snapshot: Snapshot): string {
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
    ]
      .map(field)
      .join(','),
  );
  return `${[HEADER.join(','), ...lines].join('\r\n')}\r\n`;
}
