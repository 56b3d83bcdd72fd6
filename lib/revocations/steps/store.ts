import { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { CHANGES_KEPT } from '@/lib/revocations/history-state';
import type { StepState } from '@/lib/revocations/model';

export interface StepWrite {
  state: StepState;
  detail?: string | null;
  proof?: object[];
  residuals?: object[];
  /** How many there were; `one`: one more. */
  attempts?: number | 'one';
  startedAt?: Date;
  finishedAt?: Date | null;
  notBefore?: Date | null;
  /** A person asked for it again: what was seen stays in its history beside what was said. */
  again?: 'held' | 'open';
}

/**
 * Its history, in which what it said stands where it is about to say something else: the proof of an attempt outlives the next.
 * Without the whole proof, which is for what a person asked again; a probe looks again by itself many times.
 */
function told({ detail, state, again }: StepWrite): Prisma.Sql {
  const over = detail === undefined ? state === 'requested' : true;
  if (!over) return Prisma.sql`history`;
  const other = detail === undefined ? Prisma.sql`true` : Prisma.sql`detail is distinct from ${detail}`;
  const said = Prisma.sql`case when detail is not null and history->-1->>'state' is distinct from ${state} and ${other}
    and history->-2->>'detail' is distinct from detail
    then jsonb_set(history, '{-1,detail}', to_jsonb(detail)) else history end`;
  if (!again) return said;
  return Prisma.sql`case when jsonb_array_length(coalesce(nullif(proof, 'null'), '[]')) > 0 then jsonb_set(${said}, '{-1,proof}', proof) else ${said} end`;
}

/** Writes a step and, in the same statement, when it came to its state and what it had said until then. */
export async function changeStep(tx: Tx, id: string, change: StepWrite, at: Date): Promise<void> {
  const { state, detail, proof, residuals, attempts, startedAt, finishedAt, notBefore, again } = change;
  const came = JSON.stringify([{ state, at: at.toISOString(), ...(again ? { again } : {}) }]);
  const before = told(change);
  const set = [
    Prisma.sql`state = ${state}`,
    Prisma.sql`history = case when history->-1->>'state' is not distinct from ${state} then history
      when jsonb_array_length(history) >= ${CHANGES_KEPT} then ((${before}) - 1) || ${came}::jsonb else (${before}) || ${came}::jsonb end`,
  ];
  if (detail !== undefined) set.push(Prisma.sql`detail = ${detail}`);
  if (proof) set.push(Prisma.sql`proof = ${JSON.stringify(proof)}::jsonb`);
  if (residuals) set.push(Prisma.sql`residuals = ${JSON.stringify(residuals)}::jsonb`);
  if (attempts !== undefined)
    set.push(attempts === 'one' ? Prisma.sql`attempts = attempts + 1` : Prisma.sql`attempts = ${attempts}`);
  if (startedAt) set.push(Prisma.sql`started_at = ${startedAt}`);
  if (finishedAt !== undefined) set.push(Prisma.sql`finished_at = ${finishedAt}`);
  if (notBefore !== undefined) set.push(Prisma.sql`not_before = ${notBefore}`);
  await tx.$executeRaw`update revocation_steps set ${Prisma.join(set)} where id = ${id}::uuid`;
}

/** Steps that are added, stand elsewhere, can be done by now, or whose place others take. */
export async function changePlan(
  tx: Tx,
  change: {
    rows: Prisma.RevocationStepCreateManyInput[];
    moved: { id: string; ordinal: number }[];
    opened: { id: string; step: { title: string } }[];
    replaced: string[];
  },
  at: Date,
): Promise<void> {
  await tx.revocationStep.deleteMany({ where: { id: { in: change.replaced } } });
  for (const { id, ordinal } of change.moved) await tx.revocationStep.update({ where: { id }, data: { ordinal } });
  for (const { id, step } of change.opened) {
    await tx.revocationStep.update({ where: { id }, data: { title: step.title } });
    await changeStep(tx, id, { state: 'requested', detail: null, finishedAt: null }, at);
  }
  await tx.revocationStep.createMany({ data: change.rows });
}
