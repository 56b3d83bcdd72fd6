import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { objectsOf } from '@/lib/playbooks/evidence-objects-state';
import { givenTo } from '@/lib/playbooks/material/store';
import { startSchema } from '@/lib/playbooks/model';
import { insertObjects, sessionsIn } from '@/lib/playbooks/objects/store';
import { rightsOf } from '@/lib/playbooks/privileges-state';
import { insertPlaybook, lockIdentity, openOne, readFindings } from '@/lib/playbooks/store';

/** Without a finding, how far back it looks. */
const BACK_MS = 86_400_000;

/** Starts a playbook for an identity or one of its findings; where one is open already, that is it. Errors: `not_found`. */
export async function start(ctx: Ctx, input: z.input<typeof startSchema>): Promise<{ id: string; created: boolean }> {
  authorise(ctx, 'finding.write');
  const given = startSchema.parse(input);
  const [finding] = given.findingId ? await readFindings([given.findingId]) : [];
  if (given.findingId && finding?.identityId !== given.identityId)
    throw new BraidError('not_found', 'There is no such finding of this identity.');
  const now = clock.now();
  const since = given.since ? new Date(given.since) : (finding?.firstSeenAt ?? new Date(now.getTime() - BACK_MS));
  return transaction(async (tx) => {
    const identity = await lockIdentity(tx, given.identityId);
    if (!identity) throw new BraidError('not_found', 'There is no such identity.');
    const known = await openOne(tx, given.identityId, given.findingId ?? null);
    if (known) return { id: known.id, created: false };
    const id = newId();
    await insertPlaybook(tx, {
      id,
      identityId: given.identityId,
      findingId: given.findingId ?? null,
      since,
      startedAt: now,
      startedBy: ctx.actor.name,
      granted: { rights: rightsOf(identity.attributes), consents: await givenTo(given.identityId, now, tx) } as object,
    });
    const inEvidence = (finding?.evidence as { sessions?: string[] } | undefined)?.sessions ?? [];
    const objects = objectsOf(given.identityId, inEvidence.length ? await sessionsIn(tx, inEvidence) : []);
    const linked = { playbookId: id, linkedAt: now, linkedBy: ctx.actor.name };
    await insertObjects(
      tx,
      objects.map((one) => ({ id: newId(), ...one, ...linked })),
    );
    await record(tx, ctx, {
      action: 'playbook.start',
      target: { type: 'playbook', id, name: identity.name },
      detail: {
        identityId: given.identityId,
        findingId: given.findingId ?? null,
        since: since.toISOString(),
        objects: objects.length,
      },
    });
    await hint(tx, 'playbook', [id]);
    return { id, created: true };
  });
}
