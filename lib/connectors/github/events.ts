import type { PulledEvents } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/github/client';
import type { Deps } from '@/lib/connectors/github/read';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { listOf, numberOf, objectOf, textOf } from '@/lib/sessions/loose-model';

// The log is read by time of its events, oldest first. GitHub writes an event some seconds late, so each look begins a little
// before the last event seen and leaves out what was handed over already.

/** How far back a look begins again, milliseconds. */
const OVERLAP_MS = 120_000;
const MOST_REMEMBERED = 2_000;

interface Cursor {
  /** Time of the latest event seen, milliseconds. */
  at: number;
  /** GitHub's own cursor within the look that goes on; null: it is over. */
  after: string | null;
  /** Where that look began. */
  from: number;
  /** Ids of the events within the overlap. */
  seen: [id: string, at: number][];
}

function parse(cursor: string | null): Cursor | null {
  if (cursor === null) return null;
  try {
    const raw = objectOf(JSON.parse(cursor));
    const at = numberOf(raw.at);
    if (at === null) throw new Error('no time');
    const seen = listOf(raw.seen, MOST_REMEMBERED).map((one) => [
      String((one as unknown[])[0]),
      Number((one as unknown[])[1]),
    ]);
    return { at, after: textOf(raw.after, 1_000), from: numberOf(raw.from) ?? at, seen: seen as Cursor['seen'] };
  } catch (cause) {
    throw new BraidError('input.invalid', 'This is not a cursor of the audit log.', { cause });
  }
}

/** `Link: <…?after=…>; rel="next"`: GitHub's cursor of the next page. */
function nextOf(link: unknown): string | null {
  const next = /<([^>]{1,2000})>;\s*rel="next"/.exec(typeof link === 'string' ? link : '')?.[1];
  return next ? new URL(next).searchParams.get('after') : null;
}

/** The organization's audit log from the cursor on; null: from now on. Enterprise Cloud only: GitHub refuses others. */
export async function pull({ client, config }: Deps, cursor: string | null, most: number): Promise<PulledEvents> {
  const before = parse(cursor);
  if (!before) {
    const at = clock.ms();
    const fresh: Cursor = { at, after: null, from: at, seen: [] };
    return { format: 'github', lines: [], cursor: JSON.stringify(fresh), more: false };
  }
  const from = before.after ? before.from : before.at - OVERLAP_MS;
  const route = 'GET /orgs/{org}/audit-log';
  const reply = await client.organization.send(route, {
    org: config.organization,
    phrase: `created:>=${new Date(from).toISOString().replace(/\.\d+Z$/, 'Z')}`,
    include: 'all',
    order: 'asc',
    per_page: Math.max(1, Math.min(100, most)),
    ...(before.after ? { after: before.after } : {}),
  });
  if (reply.status !== 200) throw refusedBy(route, reply);
  const seen = new Map(before.seen);
  const lines: string[] = [];
  let at = before.at;
  for (const raw of listOf(reply.data, 100)) {
    const event = objectOf(raw);
    const when = numberOf(event['@timestamp']) ?? numberOf(event.created_at) ?? 0;
    const id = textOf(event._document_id, 200) ?? JSON.stringify(raw);
    at = Math.max(at, when);
    if (!seen.has(id)) lines.push(JSON.stringify(raw));
    seen.set(id, when);
  }
  const after = nextOf(reply.headers.link);
  const kept = [...seen].filter(([, when]) => when >= Math.min(from, at - OVERLAP_MS)).slice(-MOST_REMEMBERED);
  const next: Cursor = { at, after, from, seen: kept };
  return { format: 'github', lines, cursor: JSON.stringify(next), more: after !== null };
}
