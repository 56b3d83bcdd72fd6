import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import * as store from '@/lib/exposures/store';

/** What the keys of these exposures are called, by exposure: identities, sessions and workflows. Other keys are names themselves. */
export async function keyNames(ctx: Ctx, ids: string[]): Promise<Record<string, string>> {
  authorise(ctx, 'console.read');
  return store.keyNames(ids);
}
