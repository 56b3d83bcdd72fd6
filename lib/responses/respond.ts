import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { waitsInShadow } from '@/lib/policies/waits-in-shadow';
import { hasWork, matches, refusedBy, stands, tooFar } from '@/lib/responses/evaluate';
import { facts } from '@/lib/responses/facts';
import type { Action, FindingFact, Guardrails } from '@/lib/responses/model';
import { noteRefusal } from '@/lib/responses/note-refusal';
import {
  countedUp,
  earlierOf,
  insertResponse,
  oneAtATime,
  reachOf,
  readGuardrails,
  readRules,
  type StoredRule,
  seenBy,
  toldSince,
  usageOf,
} from '@/lib/responses/store';
import { tellProposed, tellRefused } from '@/lib/responses/tell';

export const HOUR_MS = 3_600_000;
const NOTHING = { identities: 0, sessions: 0, systems: 0 };

const inputSchema = z.strictObject({ findingIds: z.array(z.uuid()).max(1_000) });

/** Writes down what one rule wants for one finding: once per occurrence, whoever else looks at it. true: it is new. */
async function want(ctx: Ctx, rule: StoredRule, finding: FindingFact, guardrails: Guardrails): Promise<void> {
  const kind = rule.action as Action;
  const ends = kind === 'playbook' || kind === 'enforce' ? null : kind;
  const reach = ends ? await reachOf([finding.identityId], kind === 'terminate' ? finding.sessionIds : null) : NOTHING;
  const far = ends && tooFar(guardrails, ends, reach, NOTHING);
  const id = newId();
  const now = clock.now();
  const by = `rule ${rule.name}`;
  const reason = `${by}: ${finding.title}`.slice(0, 2000);
  const untold = await transaction(async (tx) => {
    await oneAtATime(tx);
    if (await seenBy(tx, rule.id, finding.id, finding.occurrences)) return null;
    const earlier = await earlierOf(tx, rule.id, finding.id);
    if (earlier && stands(earlier, rule.againAfterSecs, now)) return null;
    const since = new Date(now.getTime() - HOUR_MS);
    const refusal = refusedBy(guardrails, await usageOf(tx, guardrails, finding.identityId, since), finding.identity);
    const refused = refusal?.why;
    const known = refusal ? await toldSince(tx, finding.id, refusal.guardrail, since) : false;
    if (refusal && (await countedUp(tx, rule.id, finding, refusal.guardrail, since))) {
      await hint(tx, 'response', [id]);
      return null;
    }
    const state = refused ? 'refused' : far ? 'proposed' : 'waiting';
    const dueAt = new Date(now.getTime() + rule.delaySecs * 1000);
    const isNew = await insertResponse(tx, {
      id,
      origin: 'rule',
      ruleId: rule.id,
      findingId: finding.id,
      occurrence: finding.occurrences,
      identityId: finding.identityId,
      kind,
      input: {
        kind,
        ...(kind === 'terminate' ? { sessionIds: finding.sessionIds } : {}),
        ...(kind === 'enforce' ? { policy: { name: rule.policySet! } } : {}),
        ...(refusal ? { guardrail: refusal.guardrail } : {}),
      },
      radius: reach,
      state,
      reason,
      detail: refused ?? far,
      askedAt: now,
      askedBy: by,
      dueAt: state === 'waiting' ? dueAt : null,
    });
    if (!isNew) return null;
    const told = { id, identityId: finding.identityId, identityName: finding.identity.name, kind, by };
    await record(tx, ctx, {
      action: `response.${state === 'waiting' ? 'plan' : state === 'refused' ? 'refuse' : 'propose'}`,
      target: { type: 'finding', id: finding.id, name: finding.title },
      reason: refused ?? far ?? reason,
      detail: {
        responseId: id,
        rule: rule.name,
        kind,
        identityId: finding.identityId,
        reach,
        dueAt: dueAt.toISOString(),
      },
    });
    if (refused && !known) await tellRefused(tx, { ...told, why: refused });
    if (state === 'proposed') await tellProposed(tx, { ...told, why: far! });
    if (state === 'waiting')
      await enqueue(
        tx,
        'carry-out-response',
        { id },
        { key: `response:${id}`, runAt: rule.delaySecs ? dueAt : undefined },
      );
    await hint(tx, 'response', [id]);
    await hint(tx, 'finding', [finding.id]);
    return known ? null : (refused ?? far);
  });
  if (untold) await noteRefusal(ctx, finding.id, `${by} did not act (${kind}): ${untold}`);
}

/**
 * What rules want for findings that are new, open again or have new evidence: acts at once or after a rule's delay, is refused by
 * a guardrail, or waits for a second operator. A rule acts on a finding once until that is over and its pause has passed; what one
 * guardrail refuses of a finding is told once an hour. Called again it does nothing twice.
 */
export async function respond(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<void> {
  authorise(ctx, 'response.manage');
  const { findingIds } = inputSchema.parse(input);
  const rules = (await readRules()).filter((rule) => rule.state === 'enabled');
  if (rules.length === 0) return;
  const guardrails = await readGuardrails();
  for (const finding of await facts(findingIds))
    for (const rule of rules)
      if (
        matches(rule as Parameters<typeof matches>[0], finding) &&
        hasWork(rule.action as Action, finding, clock.now()) &&
        (rule.action !== 'enforce' || (await waitsInShadow(rule.policySet!)))
      )
        await want(ctx, rule, finding, guardrails);
}
