import type { Ctx } from '@/lib/access/model';
import type { StoppedBy } from '@/lib/approvals/model';
import { answersSince, lockApprover, type Stored } from '@/lib/approvals/store';
import type { Tx } from '@/lib/db/transaction';

const span = (secs: number): string =>
  secs % 3600 === 0 ? `${secs / 3600} h` : secs % 60 === 0 ? `${secs / 60} min` : `${secs} s`;

/**
 * Why this person may approve no more of this for now, or null: who waves through one request after the other no longer looks.
 * Counted are all approvals they gave, of whatever rule. With `tx` others of theirs wait until it is decided.
 */
export async function tired(ctx: Ctx, asked: Pick<Stored, 'rules'>, nowMs: number, tx?: Tx): Promise<string | null> {
  const { actor } = ctx;
  if (actor.kind !== 'operator' && actor.kind !== 'cli') return null;
  const paced = (asked.rules as unknown as StoppedBy[]).filter((one) => one.pace);
  if (!paced.length) return null;
  const who = { kind: actor.kind, id: 'id' in actor ? actor.id : null, name: actor.name };
  if (tx) await lockApprover(tx, who);
  for (const { id, pace } of paced) {
    const { most, secs } = pace!;
    const given = await answersSince(who, new Date(nowMs - secs * 1000), most, tx);
    if (given.length < most) continue;
    const again = new Date(given.at(-1)!.getTime() + secs * 1000).toISOString().slice(11, 16);
    return `You gave ${most} ${most === 1 ? 'approval' : 'approvals'} within ${span(secs)}, and ${id} asks for somebody rested. Another operator can approve it now, you from ${again} UTC.`;
  }
  return null;
}
