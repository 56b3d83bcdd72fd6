import { SINCE } from '@/lib/connectors/blocked-since';
import type { Notes, Rotation } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';

/**
 * Since when only the new secret of a rotation works, ms: noted when the system first showed it, so that what lives on by an
 * old one is given the same end however often it is asked for. Never earlier than the old one was worthless.
 */
export async function rotatedSince(notes: Notes, externalId: string, { since }: Pick<Rotation, 'since'>) {
  const key = `${SINCE}rotated:${externalId}`;
  const noted = (await notes.read(key)) as { since?: unknown; at?: unknown } | null;
  if (noted?.since === since && typeof noted.at === 'number') return noted.at;
  const at = clock.ms();
  await notes.write(key, { since, at });
  return at;
}
