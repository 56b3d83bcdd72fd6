import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { start } from '@/lib/playbooks/start';
import { putInForce } from '@/lib/policies/put-in-force';
import { hasWork, refusedBy } from '@/lib/responses/evaluate';
import { facts } from '@/lib/responses/facts';
import type { Action, FindingFact } from '@/lib/responses/model';
import { noteRefusal } from '@/lib/responses/note-refusal';
import { HOUR_MS } from '@/lib/responses/respond';
import {
  changeResponse,
  findRule,
  lockResponse,
  oneAtATime,
  readGuardrails,
  type Stored,
  toldSince,
  usageOf,
} from '@/lib/responses/store';
import { tellRefused } from '@/lib/responses/tell';
import { request } from '@/lib/revocations/request';

const inputSchema = z.strictObject({ id: z.uuid() });
/** It ended by itself, is over already, or is never ended by Braid. */
const SETTLED = ['conflict', 'connector.protected', 'identity.revoked', 'not_found'];

interface Claimed {
  response: Stored;
  finding: FindingFact;
  ruleName: string;
  undoSecs: number;
  policy: { name: string; forSecs: number };
}

async function close(ctx: Ctx, response: Stored, state: 'cancelled' | 'refused', detail: string): Promise<void> {
  await transaction(async (tx) => {
    await changeResponse(tx, response.id, { state, detail, decidedAt: clock.now(), decidedBy: ctx.actor.name });
    await record(tx, ctx, {
      action: state === 'refused' ? 'response.refuse' : 'response.cancel',
      target: { type: 'response', id: response.id },
      reason: detail,
      detail: { kind: response.kind, findingId: response.findingId },
    });
    await hint(tx, 'response', [response.id]);
  });
}

/** Looks once more, as much may have changed since: still wanted, still within bounds? Then it counts from here on. */
async function claim(ctx: Ctx, id: string): Promise<Claimed | null> {
  const outcome = await transaction(async (tx) => {
    await oneAtATime(tx);
    // On the connection that holds the lock: many at once would wait for another one that none of them gives back.
    const guardrails = await readGuardrails(tx);
    const response = await lockResponse(tx, id);
    if (response?.state !== 'waiting' || !response.findingId) return null;
    const rule = response.ruleId ? await findRule(response.ruleId, tx) : null;
    const [finding] = await facts([response.findingId], tx);
    if (rule?.state !== 'enabled') return { response, drop: 'its rule is at rest by now' };
    const begun = response.doneAt !== null;
    if (!finding) return { response, drop: 'its finding is gone' };
    if (!begun && !hasWork(response.kind as Action, finding, response.askedAt))
      return {
        response,
        drop:
          finding.state === 'closed' || finding.state === 'suppressed'
            ? `the finding was ${finding.state}`
            : 'nothing of it is live any more',
      };
    if (!begun) {
      const since = new Date(clock.ms() - HOUR_MS);
      const { identityId } = finding;
      const usage = await usageOf(tx, guardrails, identityId, since);
      const refused = refusedBy(guardrails, usage, finding.identity);
      if (refused) {
        const kind = response.kind as Action;
        const told = await toldSince(tx, finding.id, refused.guardrail, since);
        const { name: identityName } = finding.identity;
        if (!told)
          await tellRefused(tx, { id, identityId, identityName, kind, by: response.askedBy, why: refused.why });
        const input = { ...(response.input as object), guardrail: refused.guardrail };
        await changeResponse(tx, id, { input });
        return { response, refused: refused.why, told };
      }
      await changeResponse(tx, id, { doneAt: clock.now() });
    }
    const policy = { name: rule.policySet ?? '', forSecs: rule.forSecs };
    return { response, finding, ruleName: rule.name, undoSecs: rule.undoSecs, policy };
  });
  if (!outcome) return null;
  if ('finding' in outcome && outcome.finding) return outcome as Claimed;
  if ('refused' in outcome && outcome.refused) {
    await close(ctx, outcome.response, 'refused', outcome.refused);
    if (!outcome.told)
      await noteRefusal(
        ctx,
        outcome.response.findingId!,
        `${outcome.response.askedBy} did not act: ${outcome.refused}`,
      );
  } else if ('drop' in outcome && outcome.drop) await close(ctx, outcome.response, 'cancelled', outcome.drop);
  return null;
}

async function act({
  response,
  finding,
  ruleName,
}: Claimed): Promise<{ revocationIds: string[]; playbookId?: string }> {
  const by: Ctx = { actor: { kind: 'policy', name: response.askedBy.slice(0, 200) } };
  const why = {
    reasonCode: 'unexpected_behaviour' as const,
    reason: `${finding.title} (finding ${finding.id}, rule ${ruleName})`.slice(0, 2000),
  };
  const agreed = { responseId: response.id };
  if (response.kind === 'playbook') {
    const { id } = await start(by, { identityId: finding.identityId, findingId: finding.id });
    return { revocationIds: [], playbookId: id };
  }
  const asked =
    response.kind === 'terminate'
      ? await request(by, { kind: 'terminate', sessionIds: finding.sessionIds, ...why }, agreed)
      : await request(by, { kind: response.kind as 'pause', identityId: finding.identityId, ...why }, agreed);
  return { revocationIds: asked.revocationIds };
}

/** In one transaction with what is written of it: tried again by another worker, it has happened or it has not. */
async function enforce(ctx: Ctx, { response, finding, ruleName, undoSecs, policy }: Claimed): Promise<void> {
  const by: Ctx = { actor: { kind: 'policy', name: response.askedBy.slice(0, 200) } };
  const now = clock.now();
  await transaction(async (tx) => {
    const placed = await putInForce(tx, by, policy.name, `${finding.title} (finding ${finding.id}, rule ${ruleName})`);
    const backAt = policy.forSecs > 0 ? new Date(now.getTime() + policy.forSecs * 1000) : null;
    await changeResponse(tx, response.id, {
      state: 'done',
      doneAt: now,
      input: { ...(response.input as object), policy: { ...placed, backAt: backAt?.toISOString() ?? null } as object },
      undoUntil: backAt ?? new Date(now.getTime() + undoSecs * 1000),
    });
    await record(tx, ctx, {
      action: 'response.act',
      target: { type: 'finding', id: finding.id, name: finding.title },
      reason: response.reason,
      detail: { responseId: response.id, rule: ruleName, kind: response.kind, policy: { ...placed } },
    });
    if (backAt)
      await enqueue(tx, 'end-enforcement', { id: response.id }, { key: `response-end:${response.id}`, runAt: backAt });
    await hint(tx, 'response', [response.id]);
    await hint(tx, 'finding', [finding.id]);
  });
}

/**
 * Does what a rule wanted, after its delay: looks again whether it is still wanted and within the guardrails, and then acts as
 * `rule <name>`. A worker that is killed half way leaves a job that goes on with it.
 */
export async function carryOutResponse(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<void> {
  authorise(ctx, 'response.manage');
  const { id } = inputSchema.parse(input);
  const claimed = await claim(ctx, id);
  if (!claimed) return;
  try {
    if (claimed.response.kind === 'enforce') return await enforce(ctx, claimed);
    const done = await act(claimed);
    const now = clock.now();
    await transaction(async (tx) => {
      await changeResponse(tx, id, {
        state: 'done',
        doneAt: now,
        ...done,
        undoUntil: new Date(now.getTime() + claimed.undoSecs * 1000),
      });
      await record(tx, ctx, {
        action: 'response.act',
        target: { type: 'finding', id: claimed.finding.id, name: claimed.finding.title },
        reason: claimed.response.reason,
        detail: { responseId: id, rule: claimed.ruleName, kind: claimed.response.kind, ...done },
      });
      await hint(tx, 'response', [id]);
      await hint(tx, 'finding', [claimed.finding.id]);
    });
  } catch (error) {
    if (!(error instanceof BraidError) || !SETTLED.includes(error.code)) throw error;
    await close(ctx, claimed.response, 'cancelled', error.publicMessage);
  }
}
