import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { ConnectorHealth, ConnectorRow } from '@/lib/connectors/model';
import type { Pull } from '@/lib/connectors/pull-model';
import { pullsOf } from '@/lib/connectors/pulls/store';
import { capabilitiesWith, moduleOf } from '@/lib/connectors/registry';
import { allConnectors, type Counts, countsOf, type Stored } from '@/lib/connectors/store';
import { clock } from '@/lib/platform/clock';

/** A stored connector as people see it. Secrets never leave. */
export function toRow(row: Stored, counts: Counts, pulls: Pull[] = []): ConnectorRow {
  const { manifest } = moduleOf(row.vendor);
  const config = manifest.config.safeParse(row.config);
  return {
    id: row.id,
    name: row.name,
    vendor: row.vendor,
    title: manifest.title,
    target: config.success ? manifest.target(config.data) : 'settings can’t be read',
    issuer: row.issuer,
    state: row.state as ConnectorRow['state'],
    health: row.health as ConnectorHealth,
    healthDetail: row.healthDetail,
    lastSyncAt: row.lastSyncAt?.toISOString() ?? null,
    lastEventAt: row.lastEventAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    ...counts,
    capabilities: capabilitiesWith(manifest, row.config),
    pulls,
  };
}

/** All connectors by name, with what each has shown. There are few: no paging, at most 200. */
export async function list(ctx: Ctx): Promise<{ items: ConnectorRow[]; nextCursor: null }> {
  authorise(ctx, 'console.read');
  const rows = (await allConnectors()).slice(0, 200);
  const ids = rows.map((row) => row.id);
  const [counts, pulls] = await Promise.all([countsOf(ids), pullsOf(ids, clock.now())]);
  return { items: rows.map((row) => toRow(row, counts.get(row.id)!, pulls.get(row.id))), nextCursor: null };
}
