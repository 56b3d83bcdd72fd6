import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';
import { publicKey, signText } from '@/lib/platform/signing';
import type { Certificate, SignedCertificate } from '@/lib/revocations/certificate/model';
import { auditOf, newestCheckpoint } from '@/lib/revocations/certificate/store';
import { canonicalText, digestOf } from '@/lib/revocations/certificate/verify.mjs';
import { certificateSays, countsFrom, isFinal } from '@/lib/revocations/format';
import { type RevocationDetail, refSchema } from '@/lib/revocations/model';
import { show } from '@/lib/revocations/show';

const between = (from: string, to: string | null): number | null =>
  to === null ? null : Math.max(Date.parse(to) - Date.parse(from), 0);

const timesOf = (row: RevocationDetail): Certificate['times'] => ({
  requested: row.requestedAt,
  effective: row.effectiveAt,
  verified: row.verifiedAt,
  watchedUntil: row.regrowthUntil,
  requestedToEffectiveMs: between(row.clickedAt ?? row.requestedAt, row.effectiveAt),
  ...(row.clickedAt ? { clicked: row.clickedAt } : {}),
  ...(row.endedAgainAt ? { endedAgain: row.endedAgainAt } : {}),
  requestedToVerifiedMs: between(countsFrom(row), row.verifiedAt),
});

/**
 * The signed certificate of a revocation as it stands now, as the text of a file: who asked for what and why, every step with
 * its proofs and when it came to each state, what still lives, the allows that were in flight and the audit entry, signed with the key that signs
 * checkpoints (RFC 8032, over RFC 8785 text). One that is not finished says so. It verifies without Braid. Throws `not_found`.
 */
export async function certificate(ctx: Ctx, input: z.input<typeof refSchema>): Promise<{ name: string; text: string }> {
  authorise(ctx, 'console.read');
  const { id } = refSchema.parse(input);
  const row = await show(ctx, { id });
  const [audit, checkpoint] = await Promise.all([auditOf(row.identityId, id), newestCheckpoint()]);
  const key = publicKey();
  const asOf = clock.now().toISOString();
  const steps = row.steps.map(({ id: _, ...step }) => step);
  const said: Certificate = {
    id,
    kind: row.kind,
    drill: row.drill,
    says: certificateSays(row, asOf),
    asOf,
    final: isFinal(row),
    state: row.state,
    identity: { id: row.identityId, name: row.identityName, state: row.identityState },
    sessions: row.sessionIds,
    actor: row.actor,
    reasonCode: row.reasonCode,
    reason: row.reason,
    times: timesOf(row),
    history: row.history,
    steps,
    inFlight: row.inFlight,
    blastRadius: row.blastRadius,
    undoneBy: row.undoneBy,
    audit,
    checkpoint,
    digests: {
      history: digestOf(row.history),
      steps: digestOf(steps),
      inFlight: digestOf(row.inFlight),
      blastRadius: digestOf(row.blastRadius),
    },
    issuer: { key: key.id, url: env().BRAID_URL },
  };
  const signed: SignedCertificate = {
    format: 'braid.revocation.v2',
    certificate: said,
    publicKey: key.spki.toString('base64'),
    signature: signText(canonicalText(said)).toString('base64'),
  };
  return { name: `braid-revocation-${id}.json`, text: `${canonicalText(signed)}\n` };
}
