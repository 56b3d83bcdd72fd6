import { VISIBILITY, type Visibility, visibilityOf } from '@/lib/connectors/format';
import type { ConnectorRow } from '@/lib/connectors/model';

const MOST_FIRST = Object.keys(VISIBILITY) as Visibility[];

/**
 * How many identities live in a system of which Braid sees so much, each counted once, at the most that one of its connected and
 * answering systems shows. `nothing`: none of them shows its sessions or even the identity; only logs or callers name it. Pure.
 */
export function sightsOf(
  counted: readonly { connector_ids: string[] | null }[],
  connectors: readonly Pick<ConnectorRow, 'id' | 'state' | 'health' | 'capabilities'>[],
): Record<Visibility, number> {
  const sees = new Map(
    connectors.flatMap(({ id, state, health, capabilities }): [string, Visibility][] =>
      state === 'enabled' && health !== 'failing' ? [[id, visibilityOf(capabilities)]] : [],
    ),
  );
  const sights: Record<Visibility, number> = { sessions: 0, derived: 0, identities: 0, nothing: 0 };
  for (const { connector_ids } of counted) {
    const own = new Set((connector_ids ?? []).flatMap((id) => sees.get(id) ?? []));
    sights[MOST_FIRST.find((one) => own.has(one)) ?? 'nothing'] += 1;
  }
  return sights;
}
