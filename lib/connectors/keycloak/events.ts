import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FoundIdentity, IdentityChanges, PulledEvents } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/keycloak/client';
import { clock } from '@/lib/platform/clock';

/** An event is stored when its request ends, so one may appear beside later ones: this far back is looked again, ms. */
const OVERLAP_MS = 5_000;
const MOST_SEEN = 500;

const sideSchema = z.strictObject({ at: z.number(), seen: z.array(z.string().max(40)).max(MOST_SEEN) });
const cursorSchema = z.strictObject({ users: sideSchema, admin: sideSchema });
type Side = z.infer<typeof sideSchema>;

interface Row {
  id?: string;
  time?: number;
}

const nameOf = (row: Row): string =>
  row.id?.slice(0, 40) ?? createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 32);

/** Events of one store after a side's moment, oldest first, at most `most`. */
async function after(client: Client, path: string, side: Side, most: number) {
  const from = Math.max(side.at - OVERLAP_MS, 0);
  const fresh: Row[] = [];
  let { at } = side;
  let seen = side.seen;
  let more = false;
  for (let first = 0; first < 10_000; first += 100) {
    const rows =
      (await client.get<Row[]>(`${path}?dateFrom=${from}&direction=asc&first=${first}&max=100`, 'view-events')) ?? [];
    for (const row of rows) {
      const name = nameOf(row);
      if (seen.includes(name)) continue;
      if (fresh.length >= most) {
        more = true;
        break;
      }
      fresh.push(row);
      seen = [...seen, name];
      at = Math.max(at, row.time ?? 0);
    }
    if (more || rows.length < 100) break;
  }
  return { fresh, side: { at, seen: seen.slice(-MOST_SEEN) }, more };
}

const parse = (cursor: string | null) => {
  if (!cursor) return null;
  try {
    return cursorSchema.parse(JSON.parse(cursor));
  } catch {
    return null;
  }
};

/** What users' and administrators' event stores hold since the cursor. A cursor that can't be read begins now, as none does. */
export async function pull(client: Client, cursor: string | null, most: number): Promise<PulledEvents> {
  const known = parse(cursor);
  if (!known) {
    const now = { at: clock.ms(), seen: await lately(client, '/events') };
    const admin = { at: clock.ms(), seen: await lately(client, '/admin-events') };
    return { format: 'keycloak', lines: [], cursor: JSON.stringify({ users: now, admin }), more: false };
  }
  const half = Math.max(1, Math.floor(most / 2));
  const users = await after(client, '/events', known.users, half);
  const admin = await after(client, '/admin-events', known.admin, Math.max(1, most - users.fresh.length));
  const rows = [...users.fresh, ...admin.fresh].sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  return {
    format: 'keycloak',
    lines: rows.map((row) => JSON.stringify(row)),
    cursor: JSON.stringify({ users: users.side, admin: admin.side }),
    more: users.more || admin.more,
  };
}

/** Ids within the overlap, so that what was there before is not handed over. */
async function lately(client: Client, path: string): Promise<string[]> {
  const from = clock.ms() - OVERLAP_MS;
  const rows = (await client.get<Row[]>(`${path}?dateFrom=${from}&max=${MOST_SEEN}`, 'view-events')) ?? [];
  return rows.map(nameOf);
}

/**
 * Clients as they are now, only where administrators changed a client, a user or a role since the cursor; each is then told in
 * full. Without admin events every look is a full one.
 */
export async function changesSince(
  client: Client,
  cursor: string | null,
  recorded: boolean,
  everything: () => Promise<FoundIdentity[]>,
): Promise<IdentityChanges> {
  const [newest] = recorded ? ((await client.get<Row[]>('/admin-events?max=1', 'view-events')) ?? []) : [];
  const mark = newest ? nameOf(newest) : recorded ? 'none' : '';
  if (mark && mark === cursor) return { items: [], removed: [], cursor: mark, more: false, complete: false };
  return { items: await everything(), removed: [], cursor: mark || 'unrecorded', more: false, complete: true };
}
