import { prisma } from '@/lib/db/client';
import type { Playbook, PlaybookObject, PlaybookStep, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { Whose } from '@/lib/playbooks/acts/store';
import { STEP_KINDS } from '@/lib/playbooks/model';
import { whoseOfObjects } from '@/lib/playbooks/objects/store';

export type Stored = Playbook & { steps: PlaybookStep[]; objects: PlaybookObject[] };
const whole = { steps: { orderBy: { ordinal: 'asc' } }, objects: { orderBy: { id: 'asc' } } } as const;

/** Whose acts belong to an incident. */
export const whoseOf = (playbook: Stored): Whose => {
  const linked = whoseOfObjects(playbook.objects.filter((one) => !one.removedAt));
  return { ...linked, identityIds: [playbook.identityId, ...linked.identityIds] };
};

export const insertPlaybook = (tx: Tx, data: Prisma.PlaybookUncheckedCreateInput) =>
  tx.playbook.create({
    data: { ...data, steps: { create: STEP_KINDS.map((kind, ordinal) => ({ kind, ordinal })) } },
  });

export const findPlaybook = (id: string): Promise<Stored | null> =>
  prisma().playbook.findUnique({ where: { id }, include: whole });

export async function lockPlaybook(tx: Tx, id: string): Promise<Stored | null> {
  await tx.$queryRaw`select id from playbooks where id = ${id}::uuid for update`;
  return tx.playbook.findUnique({ where: { id }, include: whole });
}

/** One that is open for the same finding, or for the identity where there is none. */
export const openOne = (tx: Tx, identityId: string, findingId: string | null) =>
  tx.playbook.findFirst({ where: { identityId, findingId, state: 'open' }, select: { id: true } });

export const changeStep = (tx: Tx, playbookId: string, kind: string, data: Prisma.PlaybookStepUpdateInput) =>
  tx.playbookStep.update({ where: { playbookId_kind: { playbookId, kind } }, data });
export const changePlaybook = (tx: Tx, id: string, data: Prisma.PlaybookUpdateInput) =>
  tx.playbook.update({ where: { id }, data });

export const pageOf = (where: Prisma.PlaybookWhereInput, take: number): Promise<Stored[]> =>
  prisma().playbook.findMany({ where, include: whole, orderBy: { id: 'desc' }, take });

export const lockIdentity = async (tx: Tx, id: string) =>
  (
    await tx.$queryRaw<
      { name: string; attributes: unknown }[]
    >`select name, attributes from identities where id = ${id}::uuid for update`
  )[0] ?? null;
export const readIdentity = (id: string) => prisma().identity.findUnique({ where: { id } });
export const statesOf = (ids: string[]) =>
  prisma().identity.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, state: true } });
export const namesOf = (ids: string[]) =>
  prisma().identity.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
export const readFindings = (ids: string[]) => prisma().finding.findMany({ where: { id: { in: ids } } });
