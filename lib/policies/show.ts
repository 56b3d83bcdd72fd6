import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { check } from '@/lib/policies/check';
import type { PolicyDocument, PolicySetRow } from '@/lib/policies/model';
import { rowOf } from '@/lib/policies/row';
import { rows } from '@/lib/policies/store';

export interface PolicySetDetail {
  set: PolicySetRow;
  source: string;
  /** Null when a stored source no longer reads. */
  document: PolicyDocument | null;
  /** Newest first. */
  versions: PolicySetRow[];
}

/** One version of a set (the active one, else the newest) with its history. Throws `not_found`. */
export async function show(ctx: Ctx, query: { name: string; version?: number }): Promise<PolicySetDetail> {
  authorise(ctx, 'console.read');
  const versions = await rows({ name: query.name });
  const stored = query.version
    ? versions.find((one) => one.version === query.version)
    : (versions.find((one) => one.state === 'active') ?? versions[0]);
  if (!stored) throw new BraidError('not_found', 'There is no such policy set.');
  const document = check(stored.source).document ?? null;
  return { set: rowOf(stored), source: stored.source, document, versions: versions.map(rowOf) };
}
