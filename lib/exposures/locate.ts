import type { SessionSeen } from '@/lib/policies/compiled-model';
import type { ZonesOf } from '@/lib/zones/zone-of-state';

/**
 * Notes on a session which trusted zones it comes from, as zones are now. Written onto the session itself: it is derived from
 * what stands there, so it makes no other session of it. null: no active set reads zones.
 */
export function locate(session: SessionSeen, zonesOf: ZonesOf | null | undefined): void {
  if (!zonesOf) return;
  const names = zonesOf(session.network, session.region);
  if (names.length > 0) session.zones = names;
  else if (session.zones) session.zones = undefined;
}
