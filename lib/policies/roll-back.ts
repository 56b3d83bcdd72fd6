import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { check } from '@/lib/policies/check';
import { countNotes, restartDetail } from '@/lib/policies/count-notes';
import { type TestFile, type VersionInput, versionInputSchema } from '@/lib/policies/life-model';
import type { Placed } from '@/lib/policies/promote';
import * as store from '@/lib/policies/store';

/**
 * Gives back what an earlier version said, as a new version: the history is never rewritten. The next request is decided on
 * it; counters go on. Throws `not_found`, `conflict` where that is what is active, `policy.invalid` where it no longer reads.
 */
export async function rollBack(ctx: Ctx, input: VersionInput): Promise<Placed> {
  authorise(ctx, 'policy.manage');
  const given = versionInputSchema.parse(input);
  return transaction((tx) => rollBackIn(tx, ctx, given));
}

/** `rollBack` within the caller's transaction, who has asked whether it may be done. */
export async function rollBackIn(tx: Tx, ctx: Ctx, { name, version: wanted, reason }: VersionInput): Promise<Placed> {
  const { active } = await store.lockSet(tx, name);
  const row = await store.versionOf(tx, name, wanted);
  if (!row) throw new BraidError('not_found', 'There is no such version.');
  if (active?.hash === row.hash)
    throw new BraidError('conflict', `Version ${active.version} says the same and is active.`);
  if (!check(row.source).ok) throw new BraidError('policy.invalid', `Version ${wanted} can no longer be read.`);
  const version = (await store.lastVersion(tx, name)) + 1;
  const { hash, source, mode } = row;
  const before = active?.source ?? null;
  const notes = await countNotes(ctx, name, before, source);
  const next = {
    id: newId(),
    name,
    version,
    hash,
    source,
    mode,
    tests: row.tests as unknown as TestFile[],
    basedOn: wanted,
  };
  await store.insertVersion(tx, next, { by: ctx.actor.name, reason: `Back to version ${wanted}: ${reason}` }, 'active');
  await record(tx, ctx, {
    action: 'policy.roll_back',
    target: { type: 'policy_set', id: next.id, name },
    reason,
    detail: {
      version,
      hash,
      mode,
      gives: wanted,
      replaces: active?.version ?? null,
      ...restartDetail(before, source),
    },
  });
  await hint(tx, 'policy', [next.id]);
  return { name, version, replaces: active?.version ?? null, notes };
}
