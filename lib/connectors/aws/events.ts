import { z } from 'zod';
import type { Client } from '@/lib/connectors/aws/client';
import { explain } from '@/lib/connectors/aws/client';
import type { PulledEvents } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';
import { sha256Hex } from '@/lib/platform/ids';

/** CloudTrail hands an event over up to this late: every look goes back this far, and what was handed over is left out. */
const LATE_MS = 900_000;
/** Pages asked for at once. CloudTrail answers two a second. */
const PAGES = 4;
const PAGE = 50;
const SEEN_MOST = 4_000;

const cursorSchema = z.strictObject({
  /** The window that is being read, ISO, and how far: a page token. */
  from: z.string().max(40),
  to: z.string().max(40).nullable(),
  next: z.string().max(4_096).nullable(),
  /** Of the last look, so that looks are not closer than they should be. */
  at: z.number(),
  seen: z.array(z.string().max(12)).max(SEEN_MOST),
});
type Cursor = z.infer<typeof cursorSchema>;

const short = (id: string): string => sha256Hex(id).slice(0, 12);

function readCursor(cursor: string): Cursor {
  return cursorSchema.parse(JSON.parse(cursor));
}

const start = (now: Date): Cursor => ({ from: now.toISOString(), to: null, next: null, at: 0, seen: [] });

/**
 * LookupEvents over windows that overlap by the time CloudTrail may be late. Within a window it answers newest first, in
 * pages: the cursor holds the window, the page and what was handed over, so nothing is left out and nothing comes twice.
 */
export async function pullEvents(
  client: Client,
  cursor: string | null,
  most: number,
  everyMs: number,
): Promise<PulledEvents> {
  const now = clock.now();
  const handed = (state: Cursor, lines: string[], more: boolean): PulledEvents => ({
    format: 'aws',
    lines,
    cursor: JSON.stringify(state),
    more,
  });
  if (cursor === null) return handed(start(now), [], false);
  const state = readCursor(cursor);
  if (!state.next && clock.ms() - state.at < everyMs) return { format: 'aws', lines: [], cursor, more: false };
  const to = state.to ?? now.toISOString();
  const seen = new Set(state.seen);
  const lines: { line: string; at: number }[] = [];
  let next = state.next;
  for (let page = 0; page < PAGES && lines.length + PAGE <= Math.max(most, PAGE); page++) {
    const answer = await look(client, state.from, to, next);
    for (const event of answer.Events ?? []) {
      if (!event.EventId || !event.CloudTrailEvent || seen.has(short(event.EventId))) continue;
      seen.add(short(event.EventId));
      lines.push({ line: event.CloudTrailEvent, at: event.EventTime?.getTime() ?? 0 });
    }
    next = answer.NextToken ?? null;
    if (!next) break;
  }
  const ordered = lines.sort((a, b) => a.at - b.at).map(({ line }) => line);
  const kept = [...seen].slice(-SEEN_MOST);
  if (next) return handed({ ...state, to, next, at: clock.ms(), seen: kept }, ordered, true);
  const from = new Date(Math.max(Date.parse(state.from), Date.parse(to) - LATE_MS)).toISOString();
  return handed({ from, to: null, next: null, at: clock.ms(), seen: kept }, ordered, false);
}

async function look({ trail, trailSdk }: Client, from: string, to: string, next: string | null) {
  const ask = (token: string | null) =>
    trail.send(
      new trailSdk.LookupEventsCommand({
        StartTime: new Date(from),
        EndTime: new Date(to),
        MaxResults: PAGE,
        ...(token ? { NextToken: token } : {}),
      }),
    );
  try {
    return await ask(next);
  } catch (error) {
    // A page token lives for a while only: the window is read from its beginning, what was handed over left out.
    if (next && (error as Error).name === 'InvalidNextTokenException') return ask(null);
    throw explain(error, 'LookupEvents');
  }
}
