import type { Ctx } from '@/lib/access/model';
import type { Tx } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { tooFar } from '@/lib/responses/evaluate';
import { type Reach, TOGETHER_MS } from '@/lib/responses/model';
import { readGuardrails } from '@/lib/responses/store';
import { answerableFor, closedSince, oneAtATimeOf } from '@/lib/responses/together/store';
import type { RevocationKind } from '@/lib/revocations/model';

/** How far it reaches, and which identities it reaches. */
export type Reached = Reach & { identityIds: readonly string[] };

/**
 * Why a second operator has to agree to this, or null. Many small acts within ten minutes are looked at together, of one
 * operator in person and by all tokens they made: otherwise the bound is walked under one identity, or one token, at a time.
 * Within `tx`, what they ask for at the same time waits until it is over, and is then counted.
 */
export async function needsSecond(ctx: Ctx, kind: RevocationKind, reach: Reached, tx?: Tx): Promise<string | null> {
  // What Braid does of its own accord (drills, tasks that are complete) is bounded where it is set up.
  if (kind === 'resume' || kind === 'restore' || ctx.actor.kind === 'system') return null;
  const guardrails = await readGuardrails(tx);
  const { identities, sessions, systems } = guardrails.second;
  if (identities === null && sessions === null && systems === null) return null;
  const { actor } = ctx;
  const since = new Date(clock.ms() - TOGETHER_MS);
  const who = await answerableFor({ id: 'id' in actor ? actor.id : null, name: actor.name }, tx);
  if (tx) await oneAtATimeOf(tx, who);
  const before = await closedSince(who, since, reach.identityIds, tx);
  return tooFar(guardrails, kind, reach, before);
}
