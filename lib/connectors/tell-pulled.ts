import { tellNewest } from '@/lib/connectors/pulls/store';
import { findConnector } from '@/lib/connectors/store';

/** The source of the sessions that a connector lists. */
export const vendorOf = async (connectorId: string): Promise<string[]> => {
  const row = await findConnector(connectorId);
  return row ? [row.vendor] : [];
};

/** Says how new what was taken in of connectors' logs is: how far they lag is reckoned from it. */
export async function tellPulled(taken: { connectorId: string; events: { at: string }[] }[]): Promise<void> {
  const newest = new Map<string, string>();
  for (const { connectorId, events } of taken)
    for (const { at } of events) if (at > (newest.get(connectorId) ?? '')) newest.set(connectorId, at);
  for (const [connectorId, at] of newest) await tellNewest(connectorId, new Date(at));
}
