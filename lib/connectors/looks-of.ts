import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { Looks, ReadPage } from '@/lib/connectors/contract';
import { dropLook, dropOldLooks, findPages, putPages } from '@/lib/connectors/looks/store';
import { clock } from '@/lib/platform/clock';
import { sha256Hex } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { openBytes, sealBytes } from '@/lib/platform/secrets';

/** How long a look may wait to be gone on with, ms: longer than the longest a system asks for patience. */
const KEPT_MS = 5_400_000;
/** How long a look may take in all, ms: what it read first is that old when it concludes. */
const LOOK_MOST_MS = 86_400_000;

const pageSchema = z.object({
  what: z.string(),
  items: z.array(z.unknown()),
  next: z.unknown(),
  first: z.boolean(),
});
const writtenSchema = z.object({ settings: z.string(), page: pageSchema });

const packed = promisify(gzip);
const unpacked = promisify(gunzip);

/**
 * What is kept of one connector's looks, as the contract says. `config`: its settings; what was read with others is never given
 * back. Something kept that can't be opened any more is dropped: it is only time that is lost.
 */
export function looksOf(connectorId: string, config: unknown): Looks {
  const settings = sha256Hex(JSON.stringify(config));
  const purposeOf = (name: string, id: string, page: number) => `connector-look:${connectorId}:${name}:${id}:${page}`;

  async function read(name: string): Promise<{ id: string; pages: ReadPage[] } | null> {
    const rows = await findPages(connectorId, name);
    const [begun, newest] = [rows[0], rows.at(-1)];
    if (!begun || !newest) return null;
    if (clock.ms() - newest.at.getTime() > KEPT_MS || clock.ms() - begun.at.getTime() > LOOK_MOST_MS) return null;
    const pages: ReadPage[] = [];
    for (const { lookId, page, sealedPage } of rows) {
      const plain = await unpacked(openBytes(Buffer.from(sealedPage), purposeOf(name, lookId, page)));
      const written = writtenSchema.parse(JSON.parse(plain.toString('utf8')));
      if (written.settings !== settings || page !== pages.length) return null;
      pages.push({ ...written.page, next: written.page.next ?? null });
    }
    return { id: begun.lookId, pages };
  }

  return {
    async find(name) {
      const kept = await read(name).catch((error) => {
        log.warn({ err: error, connectorId, name }, 'what was kept of a look can’t be read: it is begun anew');
        return null;
      });
      if (!kept) await dropLook(connectorId, name);
      return kept;
    },
    async keep(name, { id, from, pages }) {
      await dropOldLooks(new Date(clock.ms() - KEPT_MS));
      const sealed: Buffer[] = [];
      for (const [index, page] of pages.entries())
        sealed.push(sealBytes(await packed(JSON.stringify({ settings, page })), purposeOf(name, id, from + index)));
      const put = await putPages({ connectorId, name, lookId: id, from }, sealed, clock.now());
      if (put < pages.length)
        log.warn({ connectorId, name, read: pages.length, kept: put }, 'not all that was read of a look could be kept');
    },
    drop: (name) => dropLook(connectorId, name),
  };
}
