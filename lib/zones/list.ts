import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import type { ZoneList, ZoneRow } from '@/lib/zones/model';
import { readLivePlaces, readZones, type Stored } from '@/lib/zones/store';
import { zoneFinder } from '@/lib/zones/zone-of-state';

export const toZoneRow = (zone: Stored, liveSessions = 0): ZoneRow => ({
  id: zone.id,
  name: zone.name,
  purpose: zone.purpose,
  networks: zone.networks,
  regions: zone.regions,
  updatedAt: zone.updatedAt.toISOString(),
  updatedBy: zone.updatedBy,
  liveSessions,
});

/** Trusted zones by name, with how many live sessions come from each and from none. There are few: no paging. */
export async function list(ctx: Ctx): Promise<ZoneList> {
  authorise(ctx, 'console.read');
  const [zones, places] = await Promise.all([readZones(), readLivePlaces(clock.now())]);
  const zoneOf = zoneFinder(zones);
  const live = new Map<string, number>();
  let outside = 0;
  for (const { network, region, n } of places) {
    const zone = zoneOf(network, region);
    if (zone === null) outside += n;
    else live.set(zone, (live.get(zone) ?? 0) + n);
  }
  return { items: zones.map((zone) => toZoneRow(zone, live.get(zone.name) ?? 0)), nextCursor: null, outside };
}
