import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';

/** Serialises changes of one set by its name, and answers its active version. */
export async function lockSet(tx: Tx, name: string) {
  await tx.$executeRaw`select pg_advisory_xact_lock(7262003, hashtext(${name}))`;
  return tx.policySet.findFirst({ where: { name, state: 'active' } });
}

export async function lastVersion(tx: Tx, name: string): Promise<number> {
  const last = await tx.policySet.findFirst({
    where: { name },
    orderBy: { version: 'desc' },
    select: { version: true },
  });
  return last?.version ?? 0;
}

interface NewVersion {
  id: string;
  name: string;
  version: number;
  hash: string;
  source: string;
  mode: string;
}

/** Retires the active version and puts the new one in its place, in the caller's transaction. */
export async function activate(tx: Tx, row: NewVersion, who: { by: string; reason: string | null }): Promise<void> {
  await tx.$executeRaw`update policy_sets set state = 'retired', retired_at = now() where name = ${row.name} and state = 'active'`;
  await tx.$executeRaw`insert into policy_sets (id, name, version, hash, source, state, mode, created_by, reason, activated_at)
    values (${row.id}::uuid, ${row.name}, ${row.version}, ${row.hash}, ${row.source}, 'active', ${row.mode}, ${who.by}, ${who.reason}, now())`;
}

/** Active and drafted sets, or all versions of one. */
export const rows = (where: { name?: string; state?: string }) =>
  prisma().policySet.findMany({ where, orderBy: [{ name: 'asc' }, { version: 'desc' }], take: 500 });
