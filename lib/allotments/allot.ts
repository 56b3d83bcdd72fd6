import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { allotSchema } from '@/lib/allotments/model';
import { sign } from '@/lib/allotments/sign';
import { allotmentOf, insertAllotment, summed } from '@/lib/allotments/store';
import { record } from '@/lib/audit/record';
import type { Prisma } from '@/lib/db/generated/client';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { decideJob } from '@/lib/decisions/decide';
import { parse } from '@/lib/decisions/parse';
import type { Answer, Item } from '@/lib/decisions/request-model';
import { release } from '@/lib/exposures/release';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

export interface Allotted {
  id: string;
  expiresAt: string;
  decisionId: string;
  /** Compact JWS: what the enforcement point spends from. */
  token: string;
}

const json = (value: unknown) => value as Prisma.InputJsonObject;

/**
 * Gives an enforcement point that will not be able to ask a share of the limits: decided like any request for the whole amount,
 * on shared state, and held until it is reported or ends. What is not reported counts as spent. Answers the refusal as
 * AuthZEN shapes it when it is not allowed. Throws `access.denied` for a token that is not in mode offline,
 * `input.invalid` where no meter sums an amount of it, `state_unavailable`.
 */
export async function allot(ctx: Ctx, body: unknown): Promise<Allotted | { refused: unknown }> {
  authorise(ctx, 'decision.ask');
  const { actor } = ctx;
  if (actor.kind !== 'token' || actor.point?.mode !== 'offline')
    throw new BraidError('access.denied', 'Only an enforcement point in mode offline is given allotments: others ask.');
  const { for_secs: secs, ...question } = allotSchema.parse(body);
  const parsed = parse(actor, question, { requestId: ctx.requestId, arrivedMs: performance.now() });
  const item = { ...parsed, idempotency: ownKey(parsed.idempotency), allotment: { secs } };
  const [outcome] = await decideJob({ items: [item], semantic: 'execute_all' });
  if (outcome?.kind !== 'decided')
    throw new BraidError('idempotency.mismatch', 'This idempotency key was used with another body.');
  const { decisionId, replayed } = outcome;
  const answer = JSON.parse(outcome.text) as Answer;
  if (!answer.decision) return { refused: answer };
  const holdId = (answer.context.braid as { hold_id?: string }).hold_id;
  const sum = holdId ? await summed(holdId) : null;
  if (!holdId || !sum) {
    if (holdId && !replayed) await release(ctx, { holdId });
    throw new BraidError('input.invalid', 'No meter sums an amount of this request: there is nothing to allot.');
  }
  const id = await written(ctx, { actor, item, decisionId, holdId, sum, secs }).catch(async (error: unknown) => {
    if (!replayed) await release(ctx, { holdId }).catch(() => undefined);
    throw error;
  });
  const { subject, action, resource } = item.asked;
  const token = await sign({
    iss: env().BRAID_PDP_URL.replace(/\/$/, ''),
    sub: actor.id,
    jti: id,
    iat: Math.floor(sum.created_at.getTime() / 1000),
    exp: Math.floor(sum.expires_at.getTime() / 1000),
    allotment: {
      subject: { type: subject.type, id: subject.id },
      action: { name: action.name },
      resource: { type: resource.type, id: resource.id },
      attribute: sum.attribute,
      unit: sum.unit,
      scale: sum.scale,
      max: sum.amount.toString(),
    },
  });
  return { id, expiresAt: sum.expires_at.toISOString(), decisionId, token };
}

/** A key names one allotment; the same key of a question names its answer, which is no retry of this. */
const ownKey = (key: Item['idempotency']): Item['idempotency'] => key && { ...key, key: `allotment:${key.key}` };

interface Writing {
  actor: { id: string; issuer: string };
  item: Item;
  decisionId: string;
  holdId: string;
  sum: NonNullable<Awaited<ReturnType<typeof summed>>>;
  secs: number;
}

/** Writes an allotment down, once for each hold: a retry is given the same one again. Answers its id. */
function written(ctx: Ctx, { actor, item, decisionId, holdId, sum, secs }: Writing): Promise<string> {
  const { subject, action, resource } = item.asked;
  return transaction(async (tx) => {
    const earlier = await allotmentOf(tx, actor.id, holdId);
    if (earlier) return earlier;
    const id = newId();
    await insertAllotment(tx, {
      id,
      tokenId: actor.id,
      issuer: actor.issuer,
      identityId: sum.identity_id,
      decisionId,
      holdId,
      subject: json(subject),
      action: json(action),
      resource: json(resource),
      attribute: sum.attribute,
      unit: sum.unit,
      scale: sum.scale,
      amount: sum.amount,
      issuedAt: sum.created_at,
      expiresAt: sum.expires_at,
    });
    await record(tx, ctx, {
      action: 'allotment.give',
      target: { type: 'allotment', id, name: `${action.name} on ${resource.id}`.slice(0, 500) },
      detail: { amount: sum.amount.toString(), unit: sum.unit, scale: sum.scale, secs, decisionId },
    });
    await hint(tx, 'allotment', [id]);
    return id;
  });
}
