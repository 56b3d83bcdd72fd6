import type { Notes, Rotation } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';

/** Keys of notes that only say since when an identity can't come in. */
export const SINCE = 'since:';

export interface BlockedSince {
  /** The system shows the block: since when it is known to, ms. Noted where it was not known before. */
  stands(externalId: string): Promise<number>;
  /** ms; undefined: not known. */
  at(externalId: string): Promise<number | undefined>;
  /** It may come in, or is about to be blocked anew: what was known is no longer so. */
  forget(externalId: string): Promise<void>;
}

/**
 * Since when an identity can't come in, for proofs that wait for what lives on. Never earlier than the block: noted once the
 * system shows it, forgotten before the next one.
 */
export function blockedSince(notes: Notes): BlockedSince {
  const at = async (externalId: string): Promise<number | undefined> => {
    const noted = await notes.read(`${SINCE}${externalId}`);
    return typeof noted === 'number' ? noted : undefined;
  };
  return {
    async stands(externalId) {
      const known = await at(externalId);
      if (known !== undefined) return known;
      const now = clock.ms();
      await notes.write(`${SINCE}${externalId}`, now);
      return now;
    },
    at,
    forget: (externalId) => notes.remove(`${SINCE}${externalId}`),
  };
}

/**
 * Since when only the new secret of a rotation works, ms: noted when the system first showed it, so that what lives on by an
 * old one is given the same end however often it is asked for. Never earlier than the old one was worthless.
 */
export async function rotatedSince(
  notes: Notes,
  externalId: string,
  { since }: Pick<Rotation, 'since'>,
): Promise<number> {
  const key = `${SINCE}rotated:${externalId}`;
  const noted = (await notes.read(key)) as { since?: unknown; at?: unknown } | null;
  if (noted?.since === since && typeof noted.at === 'number') return noted.at;
  const at = clock.ms();
  await notes.write(key, { since, at });
  return at;
}
