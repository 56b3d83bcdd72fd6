import type { ConnectorRow } from '@/lib/connectors/model';
import { freshnessOf } from '@/lib/coverage/evaluate';
import type { CoverageSource } from '@/lib/coverage/model';
import type { IdentityRecord, ObservedRecord } from '@/lib/coverage/store';

/** A connected system as a source of the report: what it lists, and when it last answered. */
export function connectorSource(
  each: ConnectorRow,
  fullIds: ReadonlySet<string>,
  counted: readonly IdentityRecord[],
  now: string,
): CoverageSource {
  const held = counted.filter((one) => one.connector_ids?.includes(each.id));
  const health = `${each.health}${each.healthDetail ? `: ${each.healthDetail}` : ''}`;
  return {
    name: each.name,
    kind: 'connector',
    connectorId: each.id,
    identities: held.length,
    full: held.filter((one) => fullIds.has(one.id)).length,
    lastAt: each.lastSyncAt,
    freshness: freshnessOf(each.lastSyncAt, true, now),
    detail: `${each.title}, ${each.state === 'enabled' ? health : 'disabled'}`.slice(0, 500),
  };
}

/** A log or the decision API as a source: what it has named, and the last thing it told. */
export function observedSource(
  each: ObservedRecord,
  fullIds: ReadonlySet<string>,
  counted: readonly IdentityRecord[],
  now: string,
): CoverageSource {
  const own = new Set(each.identities);
  const inside = counted.filter((one) => own.has(one.id));
  const declared = each.source === 'pdp';
  const lastAt = each.lastAt?.toISOString() ?? null;
  return {
    name: declared ? 'Decision API' : each.source,
    kind: declared ? 'decisions' : 'log',
    connectorId: null,
    identities: inside.length,
    full: inside.filter((one) => fullIds.has(one.id)).length,
    lastAt,
    freshness: freshnessOf(lastAt, declared, now),
    detail: declared
      ? 'What callers declare; counted where an inventory knows the identity'
      : `Stored ${each.storedAt?.toISOString().slice(0, 10) ?? 'never'}`,
  };
}
