import { type Statement, send } from '@/lib/exposures/lane/send';
import type { Lane } from '@/lib/exposures/lane/store';

/** A locked row; of one that is not of the version known before, what is in it. */
export interface LockedRow {
  id: string;
  version: bigint;
  row?: RowNow;
}

/** Counters and open slices of a row as they are under the lock. */
export interface RowNow {
  aside: bigint;
  settled: bigint;
  held: bigint;
  revision: bigint;
  updatedMs: number;
  open: Buffer | null;
}

/**
 * Locks rows, sorted by id, in that order, whoever asks. A row that is not of the version this process knows brings its
 * counters and open slices along, as they are under the lock; of all others nothing is told but that they are locked. What
 * stands elsewhere is read afterwards, where that moved too.
 */
export async function lockRows({ client, copies, taken, existing }: Lane, ids: string[]): Promise<LockedRow[]> {
  const versions = ids.map((id) => (copies.get(id) ?? taken.get(id))?.version ?? -1n);
  const found = await send<{ n: number; moved: MovedRow[] | null }>(client, LOCK, (parameters) =>
    parameters.array('uuid', ids, (id) => id).array('bigint', versions, (version) => version),
  );
  const { n, moved } = found.rows[0]!;
  if (n !== ids.length) {
    for (const id of ids) existing.delete(id);
    throw new Error('an exposure that was there is not there any more');
  }
  const rows = ids.map((id, at): LockedRow => ({ id, version: versions[at]! }));
  if (moved) {
    const others = new Map(moved.map((one) => [one.id, one]));
    for (const [at, id] of ids.entries()) {
      const other = others.get(id);
      if (other) rows[at] = { id, version: BigInt(other.version), row: rowNow(other) };
    }
  }
  return rows;
}

type MovedRow = Record<'id' | 'version' | 'aside' | 'settled' | 'held' | 'revision', string> & {
  updated_ms: number;
  open: string | null;
};

const rowNow = (row: MovedRow): RowNow => ({
  aside: BigInt(row.aside),
  settled: BigInt(row.settled),
  held: BigInt(row.held),
  revision: BigInt(row.revision),
  updatedMs: Math.trunc(row.updated_ms),
  open: row.open === null ? null : Buffer.from(row.open, 'hex'),
});

const asText = ['version', 'aside', 'settled', 'held', 'revision'].map((one) => `'${one}', l.${one}::text`).join(', ');
const LOCK: Statement = {
  name: 'lock_exposures',
  text: `select count(*)::int as n, json_agg(json_build_object('id', l.id, ${asText}, 'open', encode(l.open, 'hex'),
             'updated_ms', (extract(epoch from l.updated_at) * 1000)::float8)) filter (where l.version <> l.known) as moved
         from (select e.id, e.version, e.aside, e.settled, e.held, e.revision, e.updated_at, e.open, q.version as known
               from unnest($1::uuid[], $2::bigint[]) as q(id, version) join exposures e on e.id = q.id order by e.id for update of e) l`,
  rows: true,
};
