import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { dropListing, findListing, putListing } from '@/lib/connectors/listings/store';
import type { Parts } from '@/lib/connectors/read-whole';
import { log } from '@/lib/platform/log';
import { seal, open as unseal } from '@/lib/platform/secrets';

const WHAT_MOST = 512;
/** Of one part, unpacked. Beyond it a listing is read anew after each time its system asks for patience. */
const PART_MOST_BYTES = 64 * 1024 * 1024;

const keptSchema = z.object({ target: z.string(), items: z.array(z.unknown()), place: z.unknown(), at: z.number() });
const purposeOf = (connectorId: string, what: string): string => `connector-listing:${connectorId}:${what}`;

/** What can't be read any more (sealed by another key, say) is as good as none: the listing is read anew. */
function readPart(sealed: string, purpose: string): z.infer<typeof keptSchema> | null {
  try {
    const packed = Buffer.from(unseal(sealed, purpose), 'base64');
    return keptSchema.parse(JSON.parse(gunzipSync(packed, { maxOutputLength: PART_MOST_BYTES }).toString()));
  } catch (error) {
    log.warn({ err: error }, 'the kept part of a listing could not be read');
    return null;
  }
}

/**
 * Parts of one connector's listings, sealed, in Braid's database, so that another process goes on with them. `target`: where
 * the connector points; what was read of one system is never gone on from at another.
 */
export function partsOf(connectorId: string, target: string): Parts {
  return {
    async find(what) {
      if (what.length > WHAT_MOST) return null;
      const sealed = await findListing(connectorId, what);
      if (sealed === null) return null;
      const kept = readPart(sealed, purposeOf(connectorId, what));
      return kept?.target === target ? { items: kept.items, place: kept.place, at: kept.at } : null;
    },
    async keep(what, { items, place, at }) {
      const text = Buffer.from(JSON.stringify({ target, items, place, at }));
      if (what.length > WHAT_MOST || text.length > PART_MOST_BYTES) {
        log.warn(
          { connectorId, what: what.slice(0, WHAT_MOST), bytes: text.length },
          'a listing is too large to be kept',
        );
        return dropListing(connectorId, what);
      }
      const sealedPart = seal(gzipSync(text).toString('base64'), purposeOf(connectorId, what));
      await putListing({ connectorId, what, sealedPart, at: new Date(at) });
    },
    drop: (what) => dropListing(connectorId, what),
  };
}
