import { createHash } from 'node:crypto';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type Denied, deniedDecision } from '@/lib/approvals/denied';
import { type Grant, grant, grantRecord, targetOf } from '@/lib/approvals/grant';
import { letGo } from '@/lib/approvals/let-go';
import { REQUEST_ACTION, type Submitted, submitSchema } from '@/lib/approvals/model';
import { dbNow, findByKey, insertRequest, type Stored } from '@/lib/approvals/store';
import { toldOf } from '@/lib/approvals/told';
import { record } from '@/lib/audit/record';
import type { Prisma } from '@/lib/db/generated/client';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { canonical } from '@/lib/decisions/canonical';
import { decide } from '@/lib/decisions/decide';
import { parse } from '@/lib/decisions/parse';
import { boundMembers } from '@/lib/exposures/approval';
import { look } from '@/lib/exposures/look';
import { announce } from '@/lib/notifications/announce';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import type { Requestable } from '@/lib/policies/approved-evaluate';

/**
 * Asks for approval of what was refused. The journey:
 *  1. the refusal it names       deniedDecision: this caller's, fresh, the same question
 *  2. would approval help        look: as policies and state are now
 *  3. may it be asked for        decide `approval.request`: policies count what is outstanding, and guard the asking
 *  4. write, and answer where the policy itself approves
 * The same idempotency key with the same body is the same request. Throws `approval.binding`, `approval.denial_expired`,
 * `approval.not_requestable`, `approval.duplicate`, `input.invalid`, `state_unavailable`.
 */
export async function submit(ctx: Ctx, body: unknown, key?: string): Promise<Stored> {
  authorise(ctx, 'decision.ask');
  const submitted = submitSchema.parse(body);
  const bodyHash = createHash('sha256').update(canonical(body)).digest();
  const tokenId = ctx.actor.kind === 'token' ? ctx.actor.id : null;
  const earlier = key && tokenId ? await findByKey(tokenId, key) : null;
  if (earlier) return same(earlier, bodyHash);
  const nowMs = await dbNow();
  const denied = await deniedDecision(ctx, submitted, nowMs);
  const stops = await wouldHelp(ctx, denied);
  const asking = await askFor(ctx, denied);
  try {
    return await write(ctx, { submitted, denied, stops, asking, nowMs, key: key ?? null, bodyHash, tokenId });
  } catch (error) {
    await letGo(asking.holdId);
    const raced = key && tokenId ? await findByKey(tokenId, key) : null;
    if (raced) return same(raced, bodyHash);
    throw error;
  }
}

function same(earlier: Stored, bodyHash: Buffer): Stored {
  if (earlier.bodyHash && bodyHash.equals(earlier.bodyHash)) return earlier;
  throw new BraidError('approval.duplicate', 'This Idempotency-Key was used with another request.');
}

/** The rules that stop it now; only where all of them can be approved would an approval help. */
async function wouldHelp(ctx: Ctx, { asked, braid }: Denied): Promise<Requestable[]> {
  const { idempotency_key: _, ...rest } = braid;
  const item = parse(ctx.actor, { ...asked, context: { ...asked.context, braid: rest } }, { arrivedMs: 0 });
  const [looked] = await look([item]);
  const { access, verdict } = looked!.judgement;
  if (verdict === 'allow')
    throw new BraidError('approval.not_requestable', 'This would be allowed now: ask again instead.');
  if (!access.requestable.length)
    throw new BraidError(
      'approval.not_requestable',
      'No approval would let this pass: something else stops it as well.',
    );
  return access.requestable;
}

interface Asking {
  decisionId: string;
  holdId: string | null;
  expiresMs: number | null;
}

/** Asking is a decision of its own, on shared state: it holds an outstanding approval where a meter counts them. */
async function askFor(ctx: Ctx, { asked, braid }: Denied): Promise<Asking> {
  const { session, credential } = braid;
  const answer = await decide(
    { ...ctx, requestId: undefined },
    {
      subject: asked.subject,
      action: { name: REQUEST_ACTION, properties: { for: asked.action.name } },
      resource: asked.resource,
      context: {
        ...boundMembers(asked.context, null),
        braid: { ...(session ? { session } : {}), ...(credential ? { credential } : {}) },
      },
    },
  );
  const told = answer.context as { reason?: string; message?: string; braid: Record<string, string | undefined> };
  if (told.reason === 'state_unavailable')
    throw new BraidError('state_unavailable', 'Shared state could not be reached.');
  if (!answer.decision)
    throw new BraidError('approval.not_requestable', `Approval can not be asked for: ${told.message ?? told.reason}`);
  const { decision_id: decisionId, hold_id: holdId, expires_at: expiresAt } = told.braid;
  return { decisionId: decisionId!, holdId: holdId ?? null, expiresMs: expiresAt ? Date.parse(expiresAt) : null };
}

interface Writing {
  submitted: Submitted;
  denied: Denied;
  stops: Requestable[];
  asking: Asking;
  nowMs: number;
  key: string | null;
  bodyHash: Buffer;
  tokenId: string | null;
}

async function write(ctx: Ctx, writing: Writing): Promise<Stored> {
  const { denied, stops, asking, nowMs } = writing;
  const request = await transaction(async (tx) => {
    const stored = await insertRequest(tx, rowOf(ctx, writing));
    await record(tx, ctx, {
      action: REQUEST_ACTION,
      target: targetOf(stored),
      reason: stored.reason ?? undefined,
      detail: { identityId: stored.identityId, decisionId: stored.decisionId, rules: rulesOf(stops) },
    });
    await hint(tx, 'approval', [stored.id]);
    if (!stops.every((one) => one.automatic)) {
      await announce(tx, [toldOf(stored)]);
      return stored;
    }
    const by: Ctx = { actor: { kind: 'policy', name: `${stops[0]!.set.name}/${stops[0]!.rule.id}` } };
    const given: Grant = {
      nowMs,
      uses: stored.uses,
      secs: stored.grantSecs,
      reason: 'The policy approves this by itself.',
      provenance: {
        responder: 'policy',
        rules: stops.map(({ set, rule }) => ({
          set: set.name,
          version: set.version,
          hash: set.hash,
          id: rule.id,
          automatic: rule.approval.automatic!.source,
        })),
        decisionId: denied.detail.decision.id,
      },
    };
    await record(tx, by, grantRecord(stored, given));
    return grant(tx, by, stored, given);
  });
  if (request.state === 'approved') await letGo(asking.holdId);
  return request;
}

const rulesOf = (stops: Requestable[]) =>
  stops.map(({ set, rule }) => ({
    set: set.name,
    version: set.version,
    hash: set.hash,
    id: rule.id,
    message: rule.message,
    ...(rule.approval.pace ? { pace: rule.approval.pace } : {}),
  }));

/** Members of the context that all its rules bind; where one binds all, all are bound. */
function bindsOf(stops: Requestable[]): string[] | null {
  const binds = stops.map((one) => one.rule.approval.binds);
  return binds.some((one) => one === null) ? null : [...new Set(binds.flatMap((one) => one ?? []))];
}

function rowOf(ctx: Ctx, { submitted, denied, stops, asking, nowMs, key, bodyHash, tokenId }: Writing) {
  const { decision } = denied.detail;
  const { subject, action, resource, context } = denied.asked;
  const least = (pick: (approval: Requestable['rule']['approval']) => number) =>
    Math.min(...stops.map((one) => pick(one.rule.approval)));
  const until = submitted.requested_access?.requested_until;
  const wanted = until ? Math.max(1, Math.floor((Date.parse(until) - nowMs) / 1000)) : Number.POSITIVE_INFINITY;
  const waits = nowMs + least((one) => one.waitSecs) * 1000;
  const binds = bindsOf(stops);
  const json = (value: unknown) => value as Prisma.InputJsonObject;
  return {
    id: newId(nowMs),
    issuer: ctx.actor.kind === 'token' ? ctx.actor.issuer : 'default',
    tokenId,
    identityId: decision.identityId,
    sessionId: decision.sessionId,
    decisionId: decision.id,
    askedId: asking.decisionId,
    holdId: asking.holdId,
    subject: json(subject),
    action: json(action),
    resource: json(resource),
    context: json({ binds, members: boundMembers(context, binds) }),
    rules: rulesOf(stops),
    amount: decision.amount === null ? null : BigInt(decision.amount),
    unit: decision.unit,
    scale: decision.scale,
    reason: reasonOf(submitted),
    requested: json({
      ...(submitted.requested_access ? { requested_access: submitted.requested_access } : {}),
      ...(submitted.client ? { client: submitted.client } : {}),
      braid: denied.braid,
      context: boundMembers(context, null),
    }),
    uses: least((one) => one.uses),
    grantSecs: Math.min(
      least((one) => one.secs),
      wanted,
    ),
    createdAt: new Date(nowMs),
    expiresAt: new Date(Math.min(waits, asking.expiresMs ?? waits)),
    idempotencyKey: key,
    bodyHash: new Uint8Array(bodyHash),
  };
}

/** Why, in the caller's words: where the profile and its example put it. */
function reasonOf({ requested_access, context }: Submitted): string | null {
  const said = requested_access?.reason ?? context?.business_justification ?? context?.reason;
  return typeof said === 'string' ? said.slice(0, 2000) : null;
}
