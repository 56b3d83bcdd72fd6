import path from 'node:path';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { projectRoot } from '@/lib/platform/env';
import { type Applied, apply } from '@/lib/policies/apply';
import { list } from '@/lib/policies/list';
import { readDir } from '@/lib/policies/read-dir';

/** The folder of the example set, from the project's root. */
export const EXAMPLE_SET = 'docs/examples/policies/payments';

/**
 * Where no policy set is active, and so every question is denied: applies the example set that comes with Braid, so that
 * the first question has an answer. null: some set is active, and nothing was written. Errors: `access.denied`,
 * `policy.invalid` where the example is gone.
 */
export async function applyExample(ctx: Ctx): Promise<Applied | null> {
  authorise(ctx, 'policy.manage');
  const { items } = await list(ctx);
  if (items.length > 0) return null;
  return apply(ctx, { files: readDir(path.join(projectRoot(), EXAMPLE_SET)), reason: 'first decision' });
}
