import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { toRow } from '@/lib/playbooks/list';
import { material } from '@/lib/playbooks/material';
import { type PlaybookDetail, refSchema } from '@/lib/playbooks/model';
import { tracks } from '@/lib/playbooks/state';
import { findPlaybook, namesOf, readFindings } from '@/lib/playbooks/store';

/** One playbook with its steps, its three tracks, and what its steps are worked with as it is now. Throws `not_found`. */
export async function show(ctx: Ctx, input: z.input<typeof refSchema>): Promise<PlaybookDetail> {
  authorise(ctx, 'console.read');
  const { id } = refSchema.parse(input);
  const stored = await findPlaybook(id);
  if (!stored) throw new BraidError('not_found', 'There is no such playbook.');
  const [{ watch, standsNow: _, holders: __, ...found }, names, findings] = await Promise.all([
    material(stored),
    namesOf([stored.identityId]),
    readFindings(stored.findingId ? [stored.findingId] : []),
  ]);
  const row = toRow(stored, names[0]?.name ?? 'an identity', findings[0]?.title ?? null);
  return { ...row, ...found, tracks: tracks(row.steps, found.revocations, found.live, watch) };
}
