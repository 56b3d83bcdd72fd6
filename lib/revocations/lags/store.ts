import { pool, prisma } from '@/lib/db/client';

export interface Placed {
  id: string;
  sources: string[];
  /** Seconds, as kept. */
  lag: number | null;
  connectorIds: string[];
}

/** Identities by id, with the connectors that list them and what they were seen in. */
export async function nextPlaced(after: string | null, limit: number): Promise<Placed[]> {
  const { rows } = await pool().query<Placed>(
    `select i.id::text, i.sources, i.revocation_lag_secs as lag,
            array(select distinct substr(a.issuer, 11) from identity_aliases a
                   where a.identity_id = i.id and a.issuer like 'connector:%') as "connectorIds"
       from identities i where $1::uuid is null or i.id > $1 order by i.id limit $2`,
    [after, limit],
  );
  return rows;
}

/** Of these identities, in which of these formats sessions were read that no connected system's own log told of. */
export async function readElsewhereOf(identityIds: string[], formats: string[]): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  if (identityIds.length === 0 || formats.length === 0) return found;
  const { rows } = await pool().query<{ id: string; source: string }>(
    `select distinct identity_id::text as id, source from sessions where identity_id = any($1::uuid[]) and source = any($2)
       and connector_id is null and told_by = '{}' and observed_by <> 'native'`,
    [identityIds, formats],
  );
  for (const { id, source } of rows) found.set(id, (found.get(id) ?? new Set()).add(source));
  return found;
}

export const allConnectors = () =>
  prisma().connector.findMany({
    select: { id: true, name: true, vendor: true, state: true, config: true, system: true },
    orderBy: { name: 'asc' },
  });

export async function writeLags(lags: readonly { id: string; lag: number | null }[]): Promise<void> {
  if (lags.length === 0) return;
  await pool().query(
    `update identities i set revocation_lag_secs = n.lag from unnest($1::uuid[], $2::int[]) as n(id, lag) where i.id = n.id`,
    [lags.map((one) => one.id), lags.map((one) => one.lag)],
  );
}
