import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { countNotes, restartDetail } from '@/lib/policies/count-notes';
import { type VersionInput, versionInputSchema } from '@/lib/policies/life-model';
import * as store from '@/lib/policies/store';

export interface Placed {
  name: string;
  version: number;
  /** The version that was active before; null: none. */
  replaces: number | null;
  /** What becomes of present counts, where they begin anew or a window is longer. */
  notes: string[];
}

/**
 * Makes the version in shadow the active one; the next request is decided on it. Throws `not_found`, and `conflict` where
 * that version is not in shadow (any more): what was looked at is what is promoted.
 */
export async function promote(ctx: Ctx, input: VersionInput): Promise<Placed> {
  authorise(ctx, 'policy.manage');
  const given = versionInputSchema.parse(input);
  return transaction((tx) => promoteIn(tx, ctx, given));
}

/** `promote` within the caller's transaction, who has asked whether it may be done. */
export async function promoteIn(tx: Tx, ctx: Ctx, { name, version, reason }: VersionInput): Promise<Placed> {
  const { active, shadow } = await store.lockSet(tx, name);
  const row = await store.versionOf(tx, name, version);
  if (!row) throw new BraidError('not_found', 'There is no such version.');
  if (shadow?.version !== version)
    throw new BraidError('conflict', `Version ${version} of ${name} is ${row.state}, not in shadow.`);
  const before = active?.source ?? null;
  const notes = await countNotes(ctx, name, before, row.source);
  await store.activateShadow(tx, row.id, name, { by: ctx.actor.name, reason });
  await record(tx, ctx, {
    action: 'policy.promote',
    target: { type: 'policy_set', id: row.id, name },
    reason,
    detail: {
      version,
      hash: row.hash,
      mode: row.mode,
      replaces: active?.version ?? null,
      ...restartDetail(before, row.source),
    },
  });
  await hint(tx, 'policy', [row.id]);
  return { name, version, replaces: active?.version ?? null, notes };
}
