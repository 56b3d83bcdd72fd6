import { prisma } from '@/lib/db/client';

export async function findListing(connectorId: string, what: string): Promise<string | null> {
  const row = await prisma().connectorListing.findUnique({
    where: { connectorId_what: { connectorId, what } },
    select: { sealedPart: true },
  });
  return row?.sealedPart ?? null;
}

/** One part of each listing; of a connector that is there. */
export async function putListing(one: {
  connectorId: string;
  what: string;
  sealedPart: string;
  at: Date;
}): Promise<void> {
  const { connectorId, what, sealedPart, at } = one;
  await prisma().$executeRaw`
    insert into connector_listings (connector_id, what, sealed_part, at)
    select c.id, ${what}, ${sealedPart}, ${at} from connectors c where c.id = ${connectorId}::uuid
    on conflict (connector_id, what) do update set sealed_part = excluded.sealed_part, at = excluded.at`;
}

export async function dropListing(connectorId: string, what: string): Promise<void> {
  await prisma().connectorListing.deleteMany({ where: { connectorId, what } });
}
