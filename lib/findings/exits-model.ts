import { isLearned } from '@/lib/findings/learn-state';
import type { Picture } from '@/lib/findings/picture-model';
import { leavesZone, networkOf, type Where } from '@/lib/findings/where-model';

/** So often it was seen to leave by a network, before that is one of its exits. */
const LEAST_SEEN = 3;

interface End {
  where: Where;
  agent: string | null;
}

/**
 * Whether a machine's identity is known to leave by both of these networks, with these clients: a service with several exits
 * shows one session at all of them, and nobody travelled. What is known was learned before the day that is judged, and never
 * from a session that was found in two places itself. From a trusted zone to outside all of them there is no exit.
 */
export function areUsualExits({ identity, envelope }: Picture, a: End, b: End): boolean {
  if (identity.kind === 'human' || !isLearned(envelope)) return false;
  if (leavesZone(a.where, b.where) || leavesZone(b.where, a.where)) return false;
  return [a, b].every(
    ({ where, agent }) =>
      (envelope.networks[networkOf(where.address)] ?? 0) >= LEAST_SEEN && (agent === null || agent in envelope.agents),
  );
}
