import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { readCidr, type ZoneShape } from '@/lib/zones/model';

/** The trusted zone something came from; null: none of them, or nothing is known of where it came from. */
export type ZoneOf = (address: string | null, region: string | null) => string | null;

/** Finds the zone of an address: by its network, else by its region. Zones go by name; the first that holds it is meant. */
export function zoneFinder(zones: readonly ZoneShape[]): ZoneOf {
  const inOrder = [...zones].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byNetwork = inOrder.map(({ name, networks }) => {
    const list = new BlockList();
    for (const network of networks) {
      const read = readCidr(network);
      if (read) list.addSubnet(read.address, read.prefix, read.family);
    }
    return { name, list };
  });
  const byRegion = new Map<string, string>();
  for (const { name, regions } of inOrder)
    for (const region of regions) if (!byRegion.has(region.toLowerCase())) byRegion.set(region.toLowerCase(), name);
  return (address, region) => {
    const family = address === null ? null : isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null;
    if (family) for (const { name, list } of byNetwork) if (list.check(address!, family)) return name;
    return region === null ? null : (byRegion.get(region.toLowerCase()) ?? null);
  };
}

/** All trusted zones something came from, by name: those whose networks hold its address, and those its region belongs to. */
export type ZonesOf = (address: string | null, region: string | null) => readonly string[];

/** So many places are remembered; beyond, they are looked up anew. */
const MOST_PLACES = 10_000;

/** Finds all zones of an address and region. What was found is remembered: sessions come from few places. */
export function zonesFinder(zones: readonly ZoneShape[]): ZonesOf {
  const each = [...zones].sort((a, b) => (a.name < b.name ? -1 : 1)).map((zone) => zoneFinder([zone]));
  const found = new Map<string, readonly string[]>();
  return (address, region) => {
    const place = `${address ?? ''} ${region ?? ''}`;
    let names = found.get(place);
    if (!names) {
      if (found.size >= MOST_PLACES) found.clear();
      names = each.flatMap((zoneOf) => zoneOf(address, null) ?? zoneOf(null, region) ?? []);
      found.set(place, names);
    }
    return names;
  };
}
