import type { Ctx } from '@/lib/access/model';
import { list } from '@/lib/lanes/list';
import type { Lane } from '@/lib/lanes/model';
import { BraidError } from '@/lib/platform/errors';

export interface Asked {
  identityId?: string | undefined;
  /** The lane's fingerprint. */
  lane: string;
  /** Default: the last day it lived, as lanes are listed. ISO 8601. */
  from?: string | undefined;
  to?: string | undefined;
}

/**
 * One lane of an identity as it is sorted now, with its sessions; `more`: older ones of that time were not sorted. Errors:
 * `input.invalid` without an identity, `not_found`.
 */
export async function findLane(ctx: Ctx, asked: Asked): Promise<Lane & { more: boolean }> {
  const { identityId, lane, from, to } = asked;
  if (!identityId) throw new BraidError('input.invalid', 'A lane is of an identity: say which with identityId.');
  const { lanes, more } = await list(ctx, { id: identityId, from, to });
  const found = lanes.find((one) => one.fingerprint === lane);
  if (!found) throw new BraidError('not_found', 'This identity has no such lane in that time.');
  return { ...found, more };
}
