import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId, sha256Hex } from '@/lib/platform/ids';
import { check } from '@/lib/policies/check';
import { merge } from '@/lib/policies/merge';
import { type ApplyInput, applyInputSchema, type PolicyDocument } from '@/lib/policies/model';
import * as store from '@/lib/policies/store';

export interface Applied {
  id: string;
  name: string;
  version: number;
  hash: string;
  /** false: this very source was active already, and nothing was written. */
  changed: boolean;
}

/**
 * Makes a source (or a folder's files) the active version of the set it names; the next request is decided on it. Versions
 * are immutable. Throws `policy.invalid` with every problem at its line and column.
 */
export async function apply(ctx: Ctx, input: ApplyInput): Promise<Applied> {
  authorise(ctx, 'policy.manage');
  const parsed = applyInputSchema.parse(input);
  const source = 'source' in parsed ? parsed.source : merge(parsed.files);
  const document = checked(source);
  const hash = sha256Hex(source);
  return transaction(async (tx) => {
    const present = await store.lockSet(tx, document.set);
    if (present?.state === 'active' && present.hash === hash)
      return { id: present.id, name: document.set, version: present.version, hash, changed: false };
    const version = (await store.lastVersion(tx, document.set)) + 1;
    const row = { id: newId(), name: document.set, version, hash, source, mode: document.mode };
    await store.activate(tx, row, { by: ctx.actor.name, reason: parsed.reason ?? null });
    await record(tx, ctx, {
      action: 'policy.apply',
      target: { type: 'policy_set', id: row.id, name: document.set },
      reason: parsed.reason,
      detail: { version, hash, replaces: present?.version ?? null, mode: document.mode },
    });
    return { id: row.id, name: document.set, version, hash, changed: true };
  });
}

function checked(source: string): PolicyDocument {
  const result = check(source);
  if (result.document) return result.document;
  const first = result.problems[0]!;
  throw new BraidError('policy.invalid', `The policy set has problems. Line ${first.line}: ${first.message}`, {
    detail: result.problems.map((problem) => ({
      path: `line ${problem.line}, column ${problem.column}${problem.path ? ` (${problem.path})` : ''}`,
      message: problem.message,
    })),
  });
}
