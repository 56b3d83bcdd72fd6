import type pg from 'pg';
import { ownSums } from '@/lib/exposures/counters-state';
import { type Lane, together } from '@/lib/exposures/lane/store';
import type { LockedRow, RowNow } from '@/lib/exposures/ledger/lock-rows';
import { readMembers } from '@/lib/exposures/ledger/members';
import type { ExposureState, Hold, HoldLine } from '@/lib/exposures/model';
import { unpackSlices } from '@/lib/exposures/open-slices';
import { bringUp, putOpen, putSlice } from '@/lib/exposures/state';
import type { Touch } from '@/lib/policies/compiled-model';

// Rows of exposures, their slices and open holds: creating and reading. Everything here runs on the lane.

const MAX_KNOWN = 50_000;

/** Creates rows that are missing, in one sorted order: an unsorted insert of new rows deadlocks. */
export function createRows({ client, existing }: Lane, touches: Touch[]): Promise<unknown>[] {
  const missing = [
    ...new Map(touches.filter((t) => !existing.has(t.exposureId)).map((t) => [t.exposureId, t])).values(),
  ];
  if (!missing.length) return [];
  missing.sort((a, b) => (a.exposureId < b.exposureId ? -1 : 1));
  const of = <T>(pick: (touch: Touch) => T): T[] => missing.map(pick);
  return [
    client.query({
      name: 'create_exposures',
      text: `insert into exposures (id, policy_set, meter, kind, scope, key, unit, scale, window_secs, calendar)
             select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[], $10::text[])
             on conflict (id) do nothing`,
      values: [
        of((t) => t.exposureId),
        of((t) => t.set),
        of((t) => t.meter.name),
        of((t) => t.meter.kind),
        of((t) => t.meter.scope),
        of((t) => t.key),
        of((t) => t.meter.unit),
        of((t) => t.meter.scale),
        of((t) => t.meter.windowSecs),
        of((t) => t.meter.calendar),
      ],
    }),
  ];
}

interface ExposureRow {
  id: string;
  version: bigint;
  aside: bigint;
  policy_set: string;
  meter: string;
  kind: string;
  scope: string;
  key: string;
  unit: string | null;
  scale: number;
  window_secs: number | null;
  calendar: string | null;
  settled: bigint;
  held: bigint;
  limit_value: bigint | null;
  rule_id: string | null;
  warned: number | null;
  revision: bigint;
  updated_at: Date;
  identity_ids: string[];
  open: Buffer | null;
}

const MAX_COPIES = 5_000;

/** Keeps what was committed for the next batch. */
export function keep({ copies, existing, taken }: Lane, states: Iterable<ExposureState>, nowMs: number): void {
  for (const state of states) {
    if (state.dirty) {
      state.dirty = false;
      state.noted = false;
      state.relined = false;
      state.dirtySlices.clear();
      state.leftSlices = [];
      state.members?.dirty.clear();
      state.updatedMs = nowMs;
    }
    copies.delete(state.id);
    copies.set(state.id, state);
    if (taken.get(state.id) === state) taken.delete(state.id);
    existing.add(state.id);
  }
  while (copies.size > MAX_COPIES) copies.delete(copies.keys().next().value!);
  if (existing.size > MAX_KNOWN) existing.clear();
}

/** The state of locked rows; what no copy in memory can vouch for is read. */
export async function load(lane: Lane, rows: LockedRow[]): Promise<Map<string, ExposureState>> {
  const { client, copies, taken } = lane;
  const states = new Map<string, ExposureState>();
  const stale: string[] = [];
  const unnamed: ExposureState[] = [];
  for (const row of rows) {
    const copy = copies.get(row.id);
    copies.delete(row.id); // taken: it comes back only when its changes are committed
    if (copy && copy.version !== row.version && row.row && isBroughtUp(copy, row.version, row.row)) unnamed.push(copy);
    if (copy?.version === row.version) {
      states.set(row.id, copy);
      taken.set(row.id, copy);
    } else stale.push(row.id);
  }
  if (unnamed.length) await nameSessions(client, unnamed);
  if (taken.size > MAX_COPIES) taken.clear();
  if (stale.length)
    for (const state of await readStates(client, stale)) {
      states.set(state.id, state);
      taken.set(state.id, state);
    }
  return states;
}

/** Another process moved it on, and no more than its row tells. */
function isBroughtUp(copy: ExposureState, version: bigint, row: RowNow): boolean {
  if (row.aside !== (copy.aside ?? 0n)) return false;
  const { settled, held, revision, updatedMs } = row;
  bringUp(copy, { settled, held, revision, version, updatedMs, open: unpackSlices(row.open) });
  return true;
}

const emptyState = (row: ExposureRow): ExposureState => ({
  id: row.id,
  set: row.policy_set,
  meter: row.meter,
  kind: row.kind,
  scope: row.scope,
  key: row.key,
  unit: row.unit,
  scale: row.scale,
  windowSecs: row.window_secs,
  calendar: row.calendar,
  settled: row.settled,
  held: row.held,
  limit: row.limit_value,
  ruleId: row.rule_id,
  warned: row.warned,
  revision: row.revision,
  version: row.version,
  aside: row.aside,
  identityIds: row.identity_ids,
  ...(row.version > 0n ? { updatedMs: row.updated_at.getTime() } : {}),
  slices: new Map(),
  open: new Map(),
  lines: new Map(),
  sums: new Map(),
  names: new Map(),
  dirty: false,
  dirtySlices: new Set(),
  leftSlices: [],
});

async function readStates(client: pg.Client, ids: string[]): Promise<ExposureState[]> {
  const [rows, slices, lines] = await together([
    client.query<ExposureRow>({
      name: 'read_exposures',
      text: `select id, policy_set, meter, kind, scope, key, unit, scale, window_secs, calendar, settled, held, limit_value, rule_id, warned, revision, version, aside, updated_at, identity_ids, open
             from exposures where id = any($1::uuid[])`,
      values: [ids],
    }),
    client.query<{ exposure_id: string; bucket_at: Date; session_id: string; settled: bigint; alone: bigint }>({
      name: 'read_slices',
      text: 'select exposure_id, bucket_at, session_id, settled, alone from exposure_buckets where exposure_id = any($1::uuid[])',
      values: [ids],
    }),
    client.query<{ exposure_id: string; hold_id: string; session_id: string; amount: bigint; expires_at: Date }>({
      name: 'read_lines',
      text: `select l.exposure_id, l.hold_id, h.session_id, l.amount, h.expires_at from hold_lines l join holds h on h.id = l.hold_id
             where l.exposure_id = any($1::uuid[]) and h.state = 'held'`,
      values: [ids],
    }),
  ]);
  const states = new Map(rows.rows.map((row) => [row.id, emptyState(row)]));
  for (const row of rows.rows) for (const slice of unpackSlices(row.open)) putOpen(states.get(row.id)!, slice);
  for (const row of slices.rows)
    putSlice(states.get(row.exposure_id)!, {
      endMs: row.bucket_at.getTime(),
      sessionId: row.session_id,
      settled: row.settled,
      alone: row.alone,
    });
  for (const row of lines.rows) {
    const state = states.get(row.exposure_id)!;
    const line = {
      holdId: row.hold_id,
      sessionId: row.session_id,
      amount: row.amount,
      expiresMs: row.expires_at.getTime(),
    };
    state.lines.set(row.hold_id, line);
    ownSums(state, row.session_id).held += row.amount;
  }
  await readMembers(client, states);
  await nameSessions(client, [...states.values()]);
  return [...states.values()];
}

/** Gives names to the sessions of exposures that have none yet. */
async function nameSessions(client: pg.Client, states: ExposureState[]): Promise<void> {
  const ids = new Set<string>();
  for (const { sums, names } of states) for (const id of sums.keys()) if (!names.has(id)) ids.add(id);
  if (!ids.size) return;
  const found = await client.query<{ id: string; identity_id: string; label: string }>({
    name: 'name_sessions',
    text: 'select id, identity_id, label from sessions where id = any($1::uuid[])',
    values: [[...ids]],
  });
  const names = new Map(found.rows.map((row) => [row.id, { identityId: row.identity_id, label: row.label }]));
  for (const state of states)
    for (const id of state.sums.keys()) if (!state.names.has(id) && names.has(id)) state.names.set(id, names.get(id)!);
}

type StoredLine = Omit<HoldLine, 'amount' | 'settled' | 'sliceMs'> & {
  amount: string;
  settled: string;
  sliceMs: string | null;
};

/** Holds with their lines. Their state is final knowledge once the exposures they touch are locked. */
export async function readHolds(client: pg.Client, ids: string[]): Promise<Hold[]> {
  if (!ids.length) return [];
  const found = await client.query({
    name: 'read_holds',
    text: `select h.id, h.decision_id, h.identity_id, h.session_id, h.token_id, h.kind, h.state, h.on_expiry, h.created_at, h.expires_at,
             (select json_agg(json_build_object('exposureId', l.exposure_id, 'amount', l.amount::text, 'settled', l.settled::text, 'attribute', l.attribute,
                'onExpiry', l.on_expiry, 'sliceMs', (extract(epoch from l.slice_at) * 1000)::bigint::text))
              from hold_lines l where l.hold_id = h.id) as lines
           from holds h where h.id = any($1::uuid[])`,
    values: [ids],
  });
  return found.rows.map((row) => ({
    id: row.id,
    decisionId: row.decision_id,
    identityId: row.identity_id,
    sessionId: row.session_id,
    tokenId: row.token_id,
    kind: row.kind,
    state: row.state,
    onExpiry: row.on_expiry,
    createdMs: row.created_at.getTime(),
    expiresMs: row.expires_at.getTime(),
    lines: ((row.lines ?? []) as StoredLine[]).map(
      (line): HoldLine => ({
        ...line,
        amount: BigInt(line.amount),
        settled: BigInt(line.settled),
        sliceMs: line.sliceMs === null ? null : Number(line.sliceMs),
      }),
    ),
  }));
}
