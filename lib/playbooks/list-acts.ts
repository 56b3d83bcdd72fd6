import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { acts } from '@/lib/playbooks/acts';
import { type ActsPage, actsQuerySchema } from '@/lib/playbooks/acts-model';
import { findPlaybook, whoseOf } from '@/lib/playbooks/store';

/** What was done since an incident began, over its sessions and all that descend from them. Errors: `not_found`, `input.invalid`. */
export async function listActs(ctx: Ctx, query: z.input<typeof actsQuerySchema>): Promise<ActsPage> {
  authorise(ctx, 'console.read');
  const { id, ...page } = actsQuerySchema.parse(query);
  const playbook = await findPlaybook(id);
  if (!playbook) throw new BraidError('not_found', 'There is no such playbook.');
  return acts(whoseOf(playbook), { from: playbook.since, to: clock.now() }, page);
}
