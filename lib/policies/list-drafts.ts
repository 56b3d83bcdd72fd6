import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { drafts } from '@/lib/policies/store';

/** Drafts of all sets: who wrote on them last. */
export async function listDrafts(ctx: Ctx): Promise<{ name: string; updatedAt: string; updatedBy: string }[]> {
  authorise(ctx, 'console.read');
  return (await drafts()).map(({ name, updatedAt, updatedBy }) => ({
    name,
    updatedAt: updatedAt.toISOString(),
    updatedBy,
  }));
}
