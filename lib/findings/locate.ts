import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { Reader as Mmdb } from 'mmdb-lib';
import { operatorOf } from '@/lib/findings/operator-of';
import type { Locate, Place } from '@/lib/findings/picture-model';
import { projectRoot } from '@/lib/platform/env';
import { log } from '@/lib/platform/log';
import { isPrivate } from '@/lib/sessions/network-model';
import type { ZoneOf } from '@/lib/zones/zone-of-state';

interface Reader {
  get: (address: string) => { country_code?: string } | null;
}

const DATABASE = ['node_modules', '@ip-location-db', 'geo-whois-asn-country-mmdb', 'geo-whois-asn-country.mmdb'];
const KEPT = 20_000;
const known = new Map<string, Place | null>();
let reader: Reader | null | undefined;

/** The database of countries (whois of address ranges, CC0) is part of the installation; without it no address has a place. */
function open(): Reader | null {
  try {
    // Found by its place, not resolved: the console's bundler would take it for a module.
    return new Mmdb(readFileSync(path.join(projectRoot(), ...DATABASE))) as unknown as Reader;
  } catch (error) {
    log.debug({ err: error }, 'no database of countries: places are known only where a source tells them');
    return null;
  }
}

/** Where an address is and whose network it is in, as far as it is known offline. null: private, unknown, or no database. */
export function locate(address: string): Place | null {
  const before = known.get(address);
  if (before !== undefined) return before;
  reader ??= open();
  let place: Place | null = null;
  if (isIP(address) !== 0 && !isPrivate(address)) {
    try {
      const code = reader?.get(address)?.country_code;
      const country = code && /^[A-Z]{2}$/.test(code) ? code : null;
      const operator = operatorOf(address);
      if (country || operator) place = { country, asn: operator?.asn ?? null, org: operator?.org ?? null };
    } catch {
      place = null; // what is no address has no place
    }
  }
  if (known.size >= KEPT) known.clear();
  known.set(address, place);
  return place;
}

/** The same, with the trusted zone it is in: by its network, else by its country. */
export const locateIn =
  (zoneOf: ZoneOf): Locate =>
  (address) => {
    const place = locate(address) ?? { country: null, asn: null, org: null };
    return { ...place, zone: zoneOf(address, place.country) };
  };
