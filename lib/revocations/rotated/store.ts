import { prisma } from '@/lib/db/client';
import { Prisma, type RotatedSecret } from '@/lib/db/generated/client';
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

/** What the system has now; false: it is ready, taken or destroyed, and stays so. */
export async function keepMade(id: string, sealed: string): Promise<boolean> {
  const kept = await prisma().rotatedSecret.updateMany({
    where: { id, sealed: { not: null }, readyAt: null },
    data: { sealed, made: true },
  });
  return kept.count > 0;
}

/** Can a secret of this rotation be taken, or was one? Held so until the transaction ends. */
export async function isReady(tx: Tx, revocationId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ ready: boolean }[]>`
    select ready_at is not null as ready from rotated_secrets where revocation_id = ${revocationId}::uuid for update`;
  return rows.some((row) => row.ready);
}

export async function lockSecret(tx: Tx, id: string): Promise<StoredSecret | null> {
  await tx.$queryRaw`select 1 from rotated_secrets where id = ${id}::uuid for update`;
  return tx.rotatedSecret.findUnique({ where: { id } });
}

export const markTaken = (tx: Tx, id: string, at: Date, by: string) =>
  tx.rotatedSecret.update({ where: { id }, data: { sealed: null, takenAt: at, takenBy: by } });

/** From here on it can be taken, and nothing more is done for it in its system. */
export const markReady = (tx: Tx, revocationId: string, connectorId: string, at: Date) =>
  tx.rotatedSecret.updateMany({ where: { revocationId, connectorId, readyAt: null }, data: { readyAt: at } });

/** Destroys what could be taken since before then and nobody took. Returns how many. */
export const forgetBefore = async (at: Date): Promise<number> =>
  (
    await prisma().rotatedSecret.updateMany({
      where: { sealed: { not: null }, readyAt: { lt: at } },
      data: { sealed: null },
    })
  ).count;

/** What counts as under way: a system of it that is neither proven nor given up, and nothing of it handed over yet. */
const UNDER_WAY = Prisma.sql`r.kind = 'rotate' and r.undone_by is null and r.state not in ('verified', 'residual', 'unverifiable')`;

/** A rotation of this identity that is under way: asked for again it is that one. */
export async function rotationOf(tx: Tx, identityId: string): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select r.id::text from revocations r where r.identity_id = ${identityId}::uuid and ${UNDER_WAY}
       and not exists (select from rotated_secrets x where x.revocation_id = r.id and (x.taken_at is not null or x.sealed is null))
       and exists (select from revocation_steps s join connectors c on c.id = s.connector_id and c.state = 'enabled'
                    where s.revocation_id = r.id and s.state in ('requested', 'accepted', 'effective', 'failed'))
     order by r.id desc limit 1`;
  return rows[0]?.id ?? null;
}

/** Whatever closes the identity, or rotates it anew, ends what is under way of earlier rotations. */
export const undoUnderWay = (tx: Tx, identityId: string, by: string) =>
  tx.$executeRaw`update revocations r set undone_by = ${by}::uuid where r.identity_id = ${identityId}::uuid and r.id <> ${by}::uuid and ${UNDER_WAY}`;

/** Secrets of earlier rotations that nobody took: the one being made now opens instead of them. */
export const dropEarlier = (tx: Tx, identityId: string, by: string) =>
  tx.$executeRaw`update rotated_secrets x set sealed = null from revocations r
                  where r.id = x.revocation_id and r.identity_id = ${identityId}::uuid and r.id <> ${by}::uuid and x.sealed is not null`;

/** Credentials on record at this system that a rotation made worthless. */
export const retireCredentials = (identityId: string, connectorId: string, externalIds: string[]) =>
  prisma().credential.updateMany({
    where: { identityId, connectorId, externalId: { in: externalIds }, state: { not: 'revoked' } },
    data: { state: 'revoked' },
  });
