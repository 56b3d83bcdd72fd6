import type { PulledEvents } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/entra/client';
import type { Deps } from '@/lib/connectors/entra/read';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

// Two logs, read one after the other by the time of their entries. They come minutes late and not in order, so each look begins
// a while before the last entry seen, and leaves out what was handed over already.

interface Log {
  path: string;
  time: string;
  filter?: string;
}

/** Sign-ins of workloads are in Graph’s beta only; v1.0 answers people’s. */
const LOGS: Log[] = [
  {
    path: '/beta/auditLogs/signIns',
    time: 'createdDateTime',
    filter: "signInEventTypes/any(t: t eq 'servicePrincipal' or t eq 'managedIdentity' or t eq 'nonInteractiveUser')",
  },
  { path: '/v1.0/auditLogs/directoryAudits', time: 'activityDateTime' },
];

const OVERLAP_MS = 15 * 60_000;
const MOST_REMEMBERED = 2_000;

interface Place {
  at: number;
  next: string | null;
  seen: string[];
}

interface Cursor {
  turn: number;
  places: Place[];
}

function parse(cursor: string): Cursor {
  try {
    const raw = objectOf(JSON.parse(cursor));
    const places = listOf(raw.places, 2).map(objectOf);
    if (places.length !== LOGS.length) throw new Error('no places');
    return {
      turn: Number(raw.turn) % LOGS.length || 0,
      places: places.map((one) => ({
        at: Number(one.at),
        next: textOf(one.next, 20_000),
        seen: listOf(one.seen, MOST_REMEMBERED).map(String),
      })),
    };
  } catch (cause) {
    throw new BraidError('input.invalid', 'This is not a cursor of the sign-in and audit logs.', { cause });
  }
}

async function page(
  { client }: Deps,
  log: Log,
  place: Place,
  most: number,
): Promise<{ lines: string[]; place: Place }> {
  const from = new Date(place.at - OVERLAP_MS).toISOString();
  const query = {
    $filter: [`${log.time} ge ${from}`, ...(log.filter ? [log.filter] : [])].join(' and '),
    $orderby: `${log.time} asc`,
    $top: Math.max(1, Math.min(500, most)),
  };
  const reply = place.next ? await client.send('GET', place.next) : await client.send('GET', log.path, { query });
  if (reply.status !== 200) throw refusedBy(`GET ${log.path}`, reply);
  const body = objectOf(reply.body);
  const seen = new Set(place.seen);
  const lines: string[] = [];
  let at = place.at;
  for (const raw of listOf(body.value, 1_000)) {
    const one = objectOf(raw);
    const id = textOf(one.id, 200) ?? JSON.stringify(raw);
    const when = Date.parse(textOf(one[log.time], 40) ?? '');
    if (!Number.isNaN(when)) at = Math.max(at, when);
    if (!seen.has(id)) lines.push(JSON.stringify(raw));
    seen.add(id);
  }
  const next = textOf(body['@odata.nextLink'], 20_000);
  // While pages go on the beginning of this look stays, or its filter would no longer be the one of the link.
  return { lines, place: { at: next ? place.at : at, next, seen: [...seen].slice(-MOST_REMEMBERED) } };
}

/** Sign-ins of workloads and the directory’s audit log from the cursor on; null: from now on. One log a call, in turn. */
export async function pull(deps: Deps, cursor: string | null, most: number): Promise<PulledEvents> {
  if (cursor === null) {
    const places = LOGS.map(() => ({ at: clock.ms(), next: null, seen: [] }));
    return { format: 'entra', lines: [], cursor: JSON.stringify({ turn: 0, places } satisfies Cursor), more: false };
  }
  const { turn, places } = parse(cursor);
  const read = await page(deps, LOGS[turn]!, places[turn]!, most);
  places[turn] = read.place;
  const more = read.place.next !== null || turn + 1 < LOGS.length;
  const next: Cursor = { turn: read.place.next ? turn : (turn + 1) % LOGS.length, places };
  return { format: 'entra', lines: read.lines, cursor: JSON.stringify(next), more };
}
