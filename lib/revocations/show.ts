import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { toRow } from '@/lib/revocations/list';
import { type BlastRadius, type InFlight, type RevocationDetail, refSchema } from '@/lib/revocations/model';
import { findRevocation, identityNames } from '@/lib/revocations/store';

/** One revocation with its steps, proofs, residuals and the allows that were in flight. Throws `not_found`. */
export async function show(ctx: Ctx, input: z.input<typeof refSchema>): Promise<RevocationDetail> {
  authorise(ctx, 'console.read');
  const { id } = refSchema.parse(input);
  const stored = await findRevocation(id);
  if (!stored) throw new BraidError('not_found', 'There is no such revocation.');
  const [identity] = await identityNames([stored.identityId]);
  const inFlight = stored.inFlight as unknown as { items?: InFlight[] } | InFlight[];
  const radius = stored.blastRadius as unknown as BlastRadius | { identity?: undefined };
  return {
    ...toRow(stored, identity?.name ?? 'an identity'),
    actor: { kind: stored.actorKind, id: stored.actorId, name: stored.actorName },
    inFlight: Array.isArray(inFlight) ? inFlight : (inFlight.items ?? []),
    blastRadius: radius.identity ? (radius as BlastRadius) : null,
    undoneBy: stored.undoneBy,
    identityState: identity?.state ?? 'revoked',
    protected: identity?.protected ?? false,
  };
}
