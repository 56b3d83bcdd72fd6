// What analysts said is expected of an identity.
import { pool, prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { EXPECTED_MOST, type Expected, type ExpectedRow } from '@/lib/findings/expected-model';

/** Network and client of the events a finding stands on. */
export async function readEvidence(tx: Tx, identityId: string, eventIds: string[]) {
  return tx.$queryRaw<{ network: string | null; agent: string | null }[]>`
    select network, agent from session_events where identity_id = ${identityId}::uuid and id = any(${eventIds}::uuid[])`;
}

export interface Said extends Expected {
  id: string;
  identityId: string;
  findingId: string;
  reason: string;
  byName: string;
  at: Date;
  until: Date;
}

/** Keeps it, instead of what was said of the same finding before; of too many of one identity the oldest go. */
export async function insertExpected(tx: Tx, said: Said): Promise<void> {
  await deleteOfFinding(tx, said.findingId);
  await tx.expectation.create({ data: { ...said, networks: [...said.networks], agents: [...said.agents] } });
  await tx.$executeRaw`
    delete from expectations where identity_id = ${said.identityId}::uuid and id not in (
      select id from expectations where identity_id = ${said.identityId}::uuid order by at desc, id desc limit ${EXPECTED_MOST})`;
}

/** Returns how many were there. */
export const deleteOfFinding = async (tx: Tx, findingId: string): Promise<number> =>
  (await tx.expectation.deleteMany({ where: { findingId } })).count;

/** Returns what was there. */
export async function deleteExpected(tx: Tx, id: string, identityId: string) {
  const row = await tx.expectation.findFirst({ where: { id, identityId } });
  if (row) await tx.expectation.delete({ where: { id } });
  return row;
}

/** What stands of these identities. */
export async function readExpected(identityIds: string[]): Promise<Map<string, Expected[]>> {
  const { rows } = await pool().query<Expected & { of: string }>(
    `select identity_id::text as of, detector, cause, networks, agents from expectations
      where identity_id = any($1::uuid[]) and until > now()`,
    [identityIds],
  );
  const found = new Map<string, Expected[]>();
  for (const { of, ...one } of rows) found.set(of, [...(found.get(of) ?? []), one]);
  return found;
}

/** Of one identity, newest first, with those that hold no more. */
export async function listExpected(identityId: string): Promise<ExpectedRow[]> {
  const rows = await prisma().expectation.findMany({
    where: { identityId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: EXPECTED_MOST,
  });
  return rows.map(({ identityId: _, at, until, ...row }) => ({
    ...row,
    at: at.toISOString(),
    until: until.toISOString(),
  }));
}

export const nameOf = async (tx: Tx, identityId: string): Promise<string | undefined> =>
  (await tx.identity.findUnique({ where: { id: identityId }, select: { name: true } }))?.name;
