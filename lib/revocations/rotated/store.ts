import { prisma } from '@/lib/db/client';
import type { RotatedSecret } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { newId } from '@/lib/platform/ids';

export type StoredSecret = RotatedSecret;

interface Key {
  revocationId: string;
  connectorId: string;
  externalId: string;
}

export const secretOf = (key: Key): Promise<StoredSecret | null> =>
  prisma().rotatedSecret.findUnique({ where: { revocationId_connectorId_externalId: key } });

export const secretsOf = (revocationId: string, connectorId?: string): Promise<StoredSecret[]> =>
  prisma().rotatedSecret.findMany({
    where: { revocationId, ...(connectorId ? { connectorId } : {}) },
    orderBy: { id: 'asc' },
    take: 500,
  });

/** Keeps the first that comes: two workers that begin at once set the same secret. `seal` is given the row's own id. */
export async function beginSecret(key: Key, at: Date, seal: (id: string) => string): Promise<StoredSecret> {
  const id = newId();
  await prisma().rotatedSecret.createMany({
    data: [{ id, ...key, sealed: seal(id), createdAt: at }],
    skipDuplicates: true,
  });
  return (await secretOf(key))!;
}

/** What the system has now; false: it was taken or destroyed meanwhile, and stays so. */
export async function keepMade(id: string, sealed: string): Promise<boolean> {
  const kept = await prisma().rotatedSecret.updateMany({
    where: { id, sealed: { not: null } },
    data: { sealed, made: true },
  });
  return kept.count > 0;
}

export async function lockSecret(tx: Tx, id: string): Promise<StoredSecret | null> {
  await tx.$queryRaw`select 1 from rotated_secrets where id = ${id}::uuid for update`;
  return tx.rotatedSecret.findUnique({ where: { id } });
}

export const markTaken = (tx: Tx, id: string, at: Date, by: string) =>
  tx.rotatedSecret.update({ where: { id }, data: { sealed: null, takenAt: at, takenBy: by } });

/** Destroys what nobody took. Returns how many. */
export const forgetBefore = async (at: Date): Promise<number> =>
  (
    await prisma().rotatedSecret.updateMany({
      where: { sealed: { not: null }, createdAt: { lt: at } },
      data: { sealed: null },
    })
  ).count;

/** A rotation of this identity that is under way, or whose new secret waits to be taken. */
export async function rotationOf(tx: Tx, identityId: string): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select r.id::text from revocations r
     where r.identity_id = ${identityId}::uuid and r.kind = 'rotate' and r.undone_by is null
       and exists (select from revocation_steps s where s.revocation_id = r.id and s.verb = 'rotate')
       and exists (select from revocation_steps s where s.revocation_id = r.id and s.verb in ('rotate', 'probe')
                      and s.connector_id is not null and s.state in ('requested', 'accepted', 'effective', 'failed')
                      and (s.verb = 'probe' or s.state <> 'effective'))
     order by r.id desc limit 1`;
  return rows[0]?.id ?? null;
}

/** Credentials on record at this system that a rotation made worthless. */
export const retireCredentials = (identityId: string, connectorId: string, externalIds: string[]) =>
  prisma().credential.updateMany({
    where: { identityId, connectorId, externalId: { in: externalIds }, state: { not: 'revoked' } },
    data: { state: 'revoked' },
  });
