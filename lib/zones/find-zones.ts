import { readZones } from '@/lib/zones/store';
import { type ZoneOf, zoneFinder } from '@/lib/zones/zone-of-state';

/** Finds the trusted zone of an address as zones are now; null: there are no zones. */
export async function findZones(): Promise<ZoneOf | null> {
  const zones = await readZones();
  return zones.length > 0 ? zoneFinder(zones) : null;
}
