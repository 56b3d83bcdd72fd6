import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { type AnnotateInput, annotateInputSchema } from '@/lib/identities/model';
import { changeIdentity, lockIdentity } from '@/lib/identities/store';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/**
 * What people know of an identity: owner, purpose, environment, how many sessions it may run at once. From then on no
 * connector changes it. Errors: `access.denied`, `input.invalid`, `not_found`.
 */
export async function annotate(ctx: Ctx, input: AnnotateInput): Promise<{ id: string; changed: string[] }> {
  authorise(ctx, 'identity.annotate');
  const { id, ownerAttested, purposeUntil, ...facts } = annotateInputSchema.parse(input);
  const until = purposeUntil === undefined ? {} : { purposeUntil: purposeUntil && new Date(purposeUntil) };
  const given = { ...facts, ...until };
  return transaction(async (tx) => {
    const before = await lockIdentity(tx, id);
    if (!before) throw new BraidError('not_found', 'There is no such identity.');
    const wanted = Object.entries(given).map(([field, value]) => [field, value === '' ? null : value] as const);
    const plain = (value: unknown) => (value instanceof Date ? value.toISOString() : (value ?? null));
    const changes = wanted.filter(([field, value]) => plain(before[field as keyof typeof given]) !== plain(value));
    const owner = changes.find(([field]) => field === 'owner');
    const now = clock.now();
    const hasOwner = owner ? owner[1] !== null : before.owner !== null;
    if (ownerAttested && !hasOwner) throw new BraidError('input.invalid', 'There is no owner who could attest it.');
    if (changes.length === 0 && !ownerAttested) return { id, changed: [] };
    await changeIdentity(tx, id, {
      ...Object.fromEntries(changes),
      ...(owner ? { ownerSource: owner[1] === null ? null : 'manual', ownerAttestedAt: null } : {}),
      ...(ownerAttested ? { ownerAttestedAt: now } : {}),
    });
    const changed = [...changes.map(([field]) => field), ...(ownerAttested ? ['ownerAttestedAt'] : [])];
    const detail = Object.fromEntries(
      changes.map(([field, value]) => [field, { from: plain(before[field as keyof typeof given]), to: plain(value) }]),
    );
    await record(tx, ctx, {
      action: 'identity.annotate',
      target: { type: 'identity', id, name: before.name },
      detail: { ...detail, ...(ownerAttested ? { ownerAttestedAt: now.toISOString() } : {}) },
    });
    // Limits and conditions may read what was changed: live sessions are asked about again.
    const again = { identityIds: [id], because: 'identity' };
    await enqueue(tx, 'reevaluate-sessions', again, { key: `reevaluate:identity:${id}` });
    // And once more at the moment it is no longer needed, when nobody changes anything.
    const over = given.purposeUntil;
    if (over && over > now && changed.includes('purposeUntil'))
      await enqueue(tx, 'scan-purposes', {}, { key: `purpose:${id}`, runAt: over });
    await hint(tx, 'identity', [id]);
    return { id, changed };
  });
}
