import { locateIn } from '@/lib/findings/locate';
import type { ZoneIn } from '@/lib/lanes/lanes-state';
import { findZones } from '@/lib/zones/find-zones';

/** How an address tells its trusted zone; null: there are none. */
export async function findZoneIn(): Promise<ZoneIn | null> {
  const zoneOf = await findZones();
  const place = zoneOf && locateIn(zoneOf);
  return place && ((address) => place(address)?.zone ?? null);
}
