import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { countNotes } from '@/lib/policies/count-notes';
import { rows } from '@/lib/policies/store';

/** What would be made active: an earlier version or the one in shadow, or a source that checks. */
type Foreseen = { name: string; version: number } | { name: string; source: string };

/**
 * What would become of present counts, were it the active version of its set: which meters begin anew and how much they hold
 * now, which windows are longer. Nothing is changed. Throws `not_found`.
 */
export async function foreseeCounts(ctx: Ctx, given: Foreseen): Promise<{ notes: string[] }> {
  authorise(ctx, 'console.read');
  const versions = await rows({ name: given.name });
  const active = versions.find((row) => row.state === 'active');
  const source = 'source' in given ? given.source : versions.find((row) => row.version === given.version)?.source;
  if (source === undefined) throw new BraidError('not_found', 'There is no such version.');
  if (source === active?.source) return { notes: [] };
  return { notes: await countNotes(ctx, given.name, active?.source ?? null, source) };
}
