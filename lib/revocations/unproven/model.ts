import { z } from 'zod';
import { RECORDED_KINDS, REVOCATION_STATES } from '@/lib/revocations/model';

/** The newest revocation that stands and is not proven: what an identity's page must not keep quiet about. */
export const unprovenSchema = z.strictObject({
  revocationId: z.uuid(),
  kind: z.enum(RECORDED_KINDS),
  state: z.enum([...REVOCATION_STATES, 'regrown']),
  /** Systems whose steps came no further than the whole. */
  systems: z.array(z.string().max(200)).max(20),
  /** How much is known to live on. */
  left: z.number().int(),
  /** ISO time at which the last of it dies; null: one of them has no end, or nothing is left. */
  until: z.string().max(40).nullable(),
});
export type Unproven = z.infer<typeof unprovenSchema>;
