import { systemCtx } from '@/lib/access/model';
import type { Tx } from '@/lib/db/transaction';
import type { Stored } from '@/lib/drills/store';
import { raise } from '@/lib/findings/raise';
import { clock } from '@/lib/platform/clock';

const ctx = systemCtx('drill');

/** What could be done to the canary could be done to any identity of this system: a finding, one per system. */
export async function raiseFailed(
  tx: Tx,
  { drill, system, left, read }: { drill: Stored; system: string; left: string[]; read: string },
): Promise<void> {
  if (!drill.identityId) return;
  const at = clock.now().toISOString();
  await raise(tx, ctx, [
    {
      identityId: drill.identityId,
      detector: 'survival',
      cause: `drill:${drill.connectorId}`,
      severity: read === 'verified' ? 'critical' : 'high',
      title: `A drill failed: ending access in ${system} does not end it`,
      summary: `The canary ${drill.canary} was revoked at ${(drill.clickedAt ?? drill.startedAt).toISOString().slice(0, 19)}Z; ${left.join(' and ')}. The revocation read ${read}.`,
      reasons: [
        'A session held by Braid itself was tried after its access was ended',
        'Whoever is revoked in this system may stay in the same way',
      ],
      evidence: {
        sessions: [],
        decisions: [],
        events: [],
        ...(drill.revocationId ? { revocationId: drill.revocationId } : {}),
      },
      firstSeenAt: at,
      lastSeenAt: at,
    },
  ]);
}
