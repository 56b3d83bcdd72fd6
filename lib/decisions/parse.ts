import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Actor, EnforcementPoint } from '@/lib/access/model';
import { canonical } from '@/lib/decisions/canonical';
import { LONE_SURROGATE, MAX_DEPTH, MAX_NODES, type Read, readQuickly } from '@/lib/decisions/read-quickly';
import { braidSchema, evaluationSchema, type Item } from '@/lib/decisions/request-model';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { keysAt } from '@/lib/policies/keys-at';
import { suggest } from '@/lib/policies/suggest';

/**
 * Walks a request once: refuses text PostgreSQL or RFC 8785 can't hold, and nesting beyond reason; answers the longest
 * list or map in it, because what loops over it is bounded.
 */
function measure(value: unknown): number {
  let longest = 0;
  let nodes = 0;
  const walk = (part: unknown, depth: number): void => {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH)
      throw new BraidError('input.invalid', 'The request is nested too deep or too large.');
    if (typeof part === 'string' && (part.includes('\u0000') || LONE_SURROGATE.test(part)))
      throw new BraidError('input.invalid', 'The request has text that is not well-formed Unicode.');
    if (typeof part === 'number' && !Number.isFinite(part))
      throw new BraidError('input.invalid', 'The request has a number that is too large.');
    if (!part || typeof part !== 'object') return;
    const members = Array.isArray(part) ? part : Object.entries(part).flat();
    longest = Math.max(longest, Array.isArray(part) ? part.length : members.length / 2);
    for (const member of members) walk(member, depth + 1);
  };
  walk(value, 0);
  return longest;
}

/** What is wrong first, at the member it is wrong with. */
function firstIssue(error: z.ZodError, schema: z.ZodType, base: string[] = []): string {
  const issue = error.issues[0]!;
  const stranger = issue.code === 'unrecognized_keys' ? issue.keys[0]! : undefined;
  const path = [...base, ...issue.path, ...(stranger === undefined ? [] : [stranger.slice(0, 64)])];
  const message =
    stranger === undefined ? issue.message : `is not known here.${suggest(stranger, keysAt(schema, issue.path))}`;
  return `${path.join('.') || 'request'}: ${message}`.slice(0, 300);
}

/** The same as `readQuickly`, of any body. Throws `input.invalid` with the first thing that is wrong. */
export function readBySchema(body: unknown): Read {
  const longest = measure(body);
  const read = evaluationSchema.safeParse(body);
  if (!read.success) throw new BraidError('input.invalid', firstIssue(read.error, evaluationSchema));
  const { subject, action, resource, context = {} } = read.data;
  const braid = braidSchema.safeParse(context.braid ?? {});
  if (!braid.success) throw new BraidError('input.invalid', firstIssue(braid.error, braidSchema, ['context', 'braid']));
  const asked = { subject, action, resource, context };
  return { asked, braid: braid.data, text: canonical(asked), longest };
}

/** Reads one AuthZEN evaluation into an item. Throws `input.invalid` with the first thing that is wrong. */
export function parse(actor: Actor, body: unknown, call: { requestId?: string; arrivedMs: number }): Item {
  const { asked, braid, text, longest } = readQuickly(body) ?? readBySchema(body);
  const token = actor.kind === 'token' ? actor : null;
  const approvalId = asked.context.approval === undefined ? undefined : approvalOf(asked.context.approval);
  return {
    decisionId: newId(),
    asked,
    braid,
    issuer: token?.issuer ?? 'default',
    tokenId: token?.id ?? null,
    tokenName: actor.name,
    requestId: call.requestId ?? null,
    idempotency: keyOf(braid.idempotency_key, call.requestId, body),
    ...(approvalId === undefined ? {} : { approvalId }),
    ...(token?.point && isSpecial(token.point) ? { point: token.point } : {}),
    text,
    longest,
    arrivedMs: call.arrivedMs,
    spooledAt: null,
  };
}

const isSpecial = ({ mode, settleAfterSecs }: EnforcementPoint): boolean =>
  mode !== 'online' || settleAfterSecs !== null;

const MAX_APPROVAL_ID = 200;

/** What is no approval's id is not looked up: the request is judged as if it carried none. */
function approvalOf(approval: unknown): string | undefined {
  const id = approval && typeof approval === 'object' ? (approval as { id?: unknown }).id : undefined;
  return typeof id === 'string' && id.length > 0 && id.length <= MAX_APPROVAL_ID ? id : undefined;
}

/** A request id is a retry only together with the same body: gateways give one id to different questions. */
function keyOf(explicit: string | undefined, requestId: string | undefined, body: unknown): Item['idempotency'] {
  if (!explicit && !requestId) return null;
  const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest();
  return explicit
    ? { key: `key:${explicit}`, bodyHash, explicit: true }
    : { key: `request:${requestId}:${bodyHash.toString('base64url')}`, bodyHash, explicit: false };
}
