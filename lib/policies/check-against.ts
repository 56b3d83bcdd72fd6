import type { Ctx } from '@/lib/access/model';
import type { Checked } from '@/lib/policies/check';
import { checkDir } from '@/lib/policies/check-dir';
import { foreseeCounts } from '@/lib/policies/foresee-counts';
import { merge } from '@/lib/policies/merge';

/**
 * Checks the files of a policy folder, and where they hold together says what would become of present counts, were they the
 * active version of their set. Throws `access.denied`.
 */
export async function checkAgainst(
  ctx: Ctx,
  files: { name: string; text: string }[],
): Promise<Checked & { notes: string[] }> {
  const checked = checkDir(files);
  if (!checked.document) return { ...checked, notes: [] };
  const { notes } = await foreseeCounts(ctx, { name: checked.document.set, source: merge(files) });
  return { ...checked, notes };
}
