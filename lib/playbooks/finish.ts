import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { acts } from '@/lib/playbooks/acts';
import { closeStep } from '@/lib/playbooks/close-step';
import { lookAnew } from '@/lib/playbooks/look-anew';
import { type Material, material } from '@/lib/playbooks/material';
import { type FinishInput, finishSchema, type StepEvidence } from '@/lib/playbooks/model';
import { namedOf, notReduced, stillGranted } from '@/lib/playbooks/privileges-state';
import { notOver, notReviewed } from '@/lib/playbooks/state';
import { findPlaybook, type Stored, whoseOf } from '@/lib/playbooks/store';

/** So many of what was done are kept with the step, the latest. */
const SHOWN = 50;

const refuse = (why: string | null): void => {
  if (why) throw new BraidError('conflict', why);
};

/** The evidence a step leaves behind, or why it is not done yet. */
async function evidenceOf(
  given: z.output<typeof finishSchema>,
  playbook: Stored,
  now: Material,
): Promise<StepEvidence> {
  switch (given.kind) {
    case 'session_termination': {
      const named = now.revocations.filter((one) => given.revocationIds.includes(one.id));
      if (named.length !== new Set(given.revocationIds).size)
        throw new BraidError('not_found', 'One of these ended nothing of this incident since it began.');
      refuse(notOver(named, now.holders));
      return { revocationIds: named.map((one) => one.id), states: named.map((one) => one.state) };
    }
    case 'secret_review': {
      refuse(notReviewed(now.credentials, given.credentials, given.note));
      const known = new Map(now.credentials.map((one) => [one.id, one]));
      const unknown = given.credentials.find((one) => !known.has(one.credentialId));
      if (unknown) throw new BraidError('not_found', 'One of these is no credential of this identity.');
      return {
        credentials: given.credentials.map((one) => {
          const { name, rotatedBy } = known.get(one.credentialId)!;
          const by = one.outcome === 'rotated' && rotatedBy ? { revocationId: rotatedBy } : {};
          return { ...one, name: name.slice(0, 512), ...by };
        }),
        note: given.note,
      };
    }
    case 'privilege_reduction': {
      const { named, unknown } = namedOf(given.removed, now.grantedThen);
      refuse(unknown);
      const left = named.filter((one) => one.stands);
      if (left.length > 0) refuse(await lookAnew(playbook.identityId, left));
      refuse(notReduced(given.reduced, now.vanished));
      return {
        ...(named.length ? { removed: named.map(({ what, from }) => ({ what, from })) } : {}),
        reduced: given.reduced,
        note: given.note,
        stillGranted: stillGranted(given.reduced, now.standsNow),
        ...(now.vanished ? { vanished: now.vanished } : {}),
      };
    }
    case 'log_correlation': {
      const window = { from: new Date(now.log.from), to: new Date(now.log.to) };
      const done = await acts(whoseOf(playbook), window, { limit: SHOWN });
      return {
        conclusion: given.conclusion,
        from: now.log.from,
        to: now.log.to,
        events: now.log.sources.reduce((sum, one) => sum + one.events, 0),
        decisions: now.log.verdicts.reduce((sum, one) => sum + one.count, 0),
        findings: now.log.findings.length,
        systems: now.log.sources.map((one) => one.source),
        acts: done.totals,
        shown: done.items.map((one) => ({
          action: one.tool ?? one.action,
          resource: one.resource,
          session: one.sessionLabel,
          identity: one.identityName,
          outcome: one.outcome,
          count: one.count,
        })),
      };
    }
  }
}

/**
 * A step is done, with its evidence: verified revocations and nothing left live; every credential reviewed and no session that
 * outlives a changed one; what was reduced, and what of it is
 * really gone: what is named as taken away has to be gone when its systems were last looked at, and is looked at anew where it is
 * not; what the logs of the window say and what was done in it. Errors: `not_found`, `conflict` with what is missing.
 */
export async function finish(ctx: Ctx, input: FinishInput): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const given = finishSchema.parse(input);
  const playbook = await findPlaybook(given.id);
  if (!playbook) throw new BraidError('not_found', 'There is no such playbook.');
  const evidence = await evidenceOf(given, playbook, await material(playbook));
  return closeStep(ctx, { id: given.id, kind: given.kind, state: 'done', evidence, reason: null });
}
