import type { PulledEvents } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/google/client';
import type { Deps } from '@/lib/connectors/google/read';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

// Audit logs by the time of their entries, oldest first. An entry can arrive late, so each look begins a little before the last
// one seen and leaves out what was handed over already.

const OVERLAP_MS = 120_000;
const MOST_REMEMBERED = 3_000;

interface Cursor {
  /** Time of the latest entry seen, milliseconds. */
  at: number;
  /** Where the look that goes on began, and Google’s token for its next page. */
  from: number;
  page: string | null;
  seen: string[];
}

function parse(cursor: string): Cursor {
  try {
    const raw = objectOf(JSON.parse(cursor));
    if (typeof raw.at !== 'number') throw new Error('no time');
    const seen = listOf(raw.seen, MOST_REMEMBERED).map(String);
    return { at: raw.at, from: Number(raw.from) || raw.at, page: textOf(raw.page, 8_000), seen };
  } catch (cause) {
    throw new BraidError('input.invalid', 'This is not a cursor of the audit logs.', { cause });
  }
}

/** Cloud Audit Logs of the projects from the cursor on; null: from now on. */
export async function pull({ client, config }: Deps, cursor: string | null, most: number): Promise<PulledEvents> {
  if (cursor === null) {
    const at = clock.ms();
    const fresh: Cursor = { at, from: at, page: null, seen: [] };
    return { format: 'google', lines: [], cursor: JSON.stringify(fresh), more: false };
  }
  const before = parse(cursor);
  const from = before.page ? before.from : before.at - OVERLAP_MS;
  const json = {
    resourceNames: config.projects.map((project) => `projects/${project}`),
    filter: `logName:"cloudaudit.googleapis.com" AND timestamp>="${new Date(from).toISOString()}"`,
    orderBy: 'timestamp asc',
    pageSize: Math.max(1, Math.min(1_000, most)),
    ...(before.page ? { pageToken: before.page } : {}),
  };
  const reply = await client.send('logging', 'POST', '/v2/entries:list', { json });
  if (reply.status !== 200) throw refusedBy('POST entries:list', reply);
  const body = objectOf(reply.body);
  const seen = new Set(before.seen);
  const lines: string[] = [];
  let at = before.at;
  for (const raw of listOf(body.entries, 1_000)) {
    const entry = objectOf(raw);
    const id = `${textOf(entry.insertId, 200)} ${textOf(entry.timestamp, 40)}`;
    const when = Date.parse(textOf(entry.timestamp, 40) ?? '');
    if (!Number.isNaN(when)) at = Math.max(at, when);
    if (!seen.has(id)) lines.push(JSON.stringify(raw));
    seen.add(id);
  }
  const page = textOf(body.nextPageToken, 8_000);
  const next: Cursor = { at, from, page, seen: [...seen].slice(-MOST_REMEMBERED) };
  return { format: 'google', lines, cursor: JSON.stringify(next), more: page !== null };
}
