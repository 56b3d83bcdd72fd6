import type { AllotmentRow } from '@/lib/allotments/model';
import { pool, prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export const insertAllotment = (tx: Tx, data: Prisma.AllotmentUncheckedCreateInput) => tx.allotment.create({ data });
export const findAllotment = (id: string) => prisma().allotment.findUnique({ where: { id } });

/** The allotment that stands on a hold, if there is one yet; whoever asks next waits until this transaction ends. */
export async function allotmentOf(tx: Tx, tokenId: string, holdId: string): Promise<string | null> {
  await tx.$executeRaw`select 1 from holds where id = ${holdId}::uuid for update`;
  const found = await tx.allotment.findFirst({ where: { tokenId, holdId }, select: { id: true } });
  return found?.id ?? null;
}

/** The row, locked until the transaction ends. */
export async function lockAllotment(tx: Tx, id: string) {
  await tx.$executeRaw`select 1 from allotments where id = ${id}::uuid for update`;
  return tx.allotment.findUnique({ where: { id } });
}

export const changeAllotment = (tx: Tx, id: string, data: Prisma.AllotmentUncheckedUpdateInput) =>
  tx.allotment.update({ where: { id }, data });

/** The amount a hold has reserved, in which unit; null where it sums none. */
export async function summed(holdId: string) {
  const found = await pool().query<{
    attribute: string;
    amount: bigint;
    unit: string;
    scale: number;
    identity_id: string;
    expires_at: Date;
    created_at: Date;
  }>(
    `select l.attribute, l.amount, e.unit, e.scale, h.identity_id, h.expires_at, h.created_at from hold_lines l
     join exposures e on e.id = l.exposure_id join holds h on h.id = l.hold_id
     where l.hold_id = $1 and l.attribute is not null and e.unit is not null order by l.exposure_id limit 1`,
    [holdId],
  );
  return found.rows[0] ?? null;
}

/** Ends those nobody reported in time: all of them is taken as spent, as their holds are. */
export async function endOverdue(tx: Tx): Promise<{ id: string; tokenId: string }[]> {
  return tx.$queryRaw`update allotments set state = 'overdue', spent = amount where state = 'open' and expires_at <= now() returning id, token_id as "tokenId"`;
}

export async function readAllotments(limit: number, before: string | null): Promise<AllotmentRow[]> {
  const found = await pool().query(
    `select a.*, t.name as token_name, i.name as identity_name from allotments a join api_tokens t on t.id = a.token_id
     join identities i on i.id = a.identity_id where $2::uuid is null or a.id < $2 order by a.id desc limit $1`,
    [limit, before],
  );
  return found.rows.map((row) => ({
    id: row.id,
    tokenId: row.token_id,
    tokenName: row.token_name,
    identityId: row.identity_id,
    identityName: row.identity_name,
    action: row.action.name,
    resourceType: row.resource.type,
    resourceId: row.resource.id,
    unit: row.unit,
    scale: row.scale,
    amount: String(row.amount),
    spent: row.spent === null ? null : String(row.spent),
    spends: row.spends,
    over: row.spent > row.amount ? String(row.spent - row.amount) : '0',
    state: row.state,
    issuedAt: row.issued_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    reportedAt: row.reported_at?.toISOString() ?? null,
    decisionId: row.decision_id,
  }));
}
