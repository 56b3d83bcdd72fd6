import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { markGoneAt } from '@/lib/identities/gone/store';

/** Who is gone: those named, or all this namespace has named before `besides` these. */
export type Gone = { issuer: string; at: Date } & ({ externalIds: string[] } | { besides: string[] });

/**
 * Marks identities as gone at one system: it no longer has them. They stay known, with what they did; their credentials there
 * are revoked. Who is found there again is no longer gone. Returns whom it marked; idempotent.
 */
export async function markGone(tx: Tx, gone: Gone): Promise<string[]> {
  if ('externalIds' in gone && gone.externalIds.length === 0) return [];
  const ids = await markGoneAt(tx, gone);
  if (ids.length > 0) await hint(tx, 'identity', ids);
  return ids;
}
