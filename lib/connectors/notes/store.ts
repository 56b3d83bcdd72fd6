import { prisma } from '@/lib/db/client';

/** How many notes a connector may have. Room for one more is made by the oldest that only say since when. */
export const NOTES_MOST = 10_000;

export async function findNote(connectorId: string, key: string): Promise<string | null> {
  const row = await prisma().connectorNote.findUnique({
    where: { connectorId_key: { connectorId, key } },
    select: { sealedValue: true },
  });
  return row?.sealedValue ?? null;
}

/** false: there is no room, or no such connector. Committed when it returns. */
export async function putNote(note: {
  connectorId: string;
  key: string;
  sealedValue: string;
  at: Date;
}): Promise<boolean> {
  const { connectorId, key, sealedValue, at } = note;
  const rows = await prisma().$executeRaw`
    insert into connector_notes as n (connector_id, key, sealed_value, at)
    select c.id, ${key}, ${sealedValue}, ${at} from connectors c
     where c.id = ${connectorId}::uuid
       and (exists (select 1 from connector_notes o where o.connector_id = c.id and o.key = ${key})
            or (select count(*) from connector_notes o where o.connector_id = c.id) < ${NOTES_MOST})
    on conflict (connector_id, key) do update set sealed_value = excluded.sealed_value, at = excluded.at`;
  return rows > 0;
}

/** Removes the oldest note whose key begins with `prefix`. false: there is none. */
export async function dropOldest(connectorId: string, prefix: string): Promise<boolean> {
  const rows = await prisma().$executeRaw`
    delete from connector_notes where (connector_id, key) in (
      select connector_id, key from connector_notes
       where connector_id = ${connectorId}::uuid and starts_with(key, ${prefix}) order by at limit 1)`;
  return rows > 0;
}

export async function dropNote(connectorId: string, key: string): Promise<void> {
  await prisma().connectorNote.deleteMany({ where: { connectorId, key } });
}
