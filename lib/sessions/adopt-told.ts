import { type Ask, adoptPairs } from '@/lib/sessions/adopted/store';

/** Sessions that were listed just now, or keys of sessions that the pulled log told of just now. */
export interface Met {
  connectorId: string;
  /** What the connector's sessions and its log's events are of: its vendor's word and its log's formats. */
  sources: string[];
  ids?: string[];
  keys?: string[];
}

/**
 * A session that a connector lists and one that its pulled log tells of under the same key, of the same identity, are one: the
 * listed one. It takes over what the log told, also where that was told before it was listed. In the transaction in which
 * either was written, before sessions at once are counted.
 */
export async function adoptTold(ask: Ask, { connectorId, sources, ids = [], keys = [] }: Met): Promise<void> {
  if (ids.length + keys.length > 0) await adoptPairs(ask, { connectorId, sources: [...new Set(sources)], ids, keys });
}
