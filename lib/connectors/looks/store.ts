import { prisma } from '@/lib/db/client';
import { type Tx, transaction } from '@/lib/db/transaction';

/** How much of one look is kept, bytes as they are stored: some 200,000 entries of a kilobyte, which pack well. */
export const KEPT_MOST_BYTES = 64 * 1024 * 1024;

export interface StoredPage {
  lookId: string;
  page: number;
  sealedPage: Uint8Array;
  at: Date;
}

/** The pages that were kept of a look, in order. */
export const findPages = (connectorId: string, name: string): Promise<StoredPage[]> =>
  prisma().connectorLook.findMany({
    where: { connectorId, name },
    orderBy: { page: 'asc' },
    select: { lookId: true, page: true, sealedPage: true, at: true },
  });

/**
 * Puts pages behind the first `from` of this look, as many as there is room for; from = 0: in the place of any other. Returns
 * how many were put. 0: there is no such connector, or another look took its place. Committed when it returns.
 */
export async function putPages(
  { connectorId, name, lookId, from }: { connectorId: string; name: string; lookId: string; from: number },
  sealed: Uint8Array[],
  at: Date,
): Promise<number> {
  const work = async (tx: Tx): Promise<number> => {
    const there = await tx.$queryRaw<
      unknown[]
    >`select 1 from connectors where id = ${connectorId}::uuid for no key update`;
    if (there.length === 0) return 0;
    const [kept] = await tx.$queryRaw<{ pages: bigint; bytes: bigint }[]>`
      select count(*) as pages, coalesce(sum(octet_length(sealed_page)), 0) as bytes from connector_looks
       where connector_id = ${connectorId}::uuid and name = ${name} and look_id = ${lookId}::uuid and page < ${from}`;
    if (Number(kept!.pages) !== from) return 0;
    await tx.connectorLook.deleteMany({
      where: { connectorId, name, OR: [{ lookId: { not: lookId } }, { page: { gte: from } }] },
    });
    let room = KEPT_MOST_BYTES - Number(kept!.bytes);
    const fits = sealed.filter((page) => {
      room = page.byteLength > room ? -1 : room - page.byteLength;
      return room >= 0;
    });
    await tx.connectorLook.createMany({
      data: fits.map((page, index) => ({
        connectorId,
        name,
        lookId,
        page: from + index,
        sealedPage: new Uint8Array(page),
        at,
      })),
    });
    return fits.length;
  };
  return transaction(work, { timeoutMs: 60_000 });
}

export async function dropLook(connectorId: string, name: string): Promise<void> {
  await prisma().connectorLook.deleteMany({ where: { connectorId, name } });
}

/** What another setting or another secret would have been shown is not known. */
export const dropLooks = (tx: Tx, connectorId: string) => tx.connectorLook.deleteMany({ where: { connectorId } });

/** Looks nobody went on with since `before`, whosever they were. */
export async function dropOldLooks(before: Date): Promise<void> {
  await prisma().$executeRaw`
    delete from connector_looks k where (k.connector_id, k.name) in (
      select connector_id, name from connector_looks where at < ${before}::timestamptz
      except select connector_id, name from connector_looks where at >= ${before}::timestamptz)`;
}
