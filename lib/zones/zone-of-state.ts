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
