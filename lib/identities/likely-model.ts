import { z } from 'zod';

/** Another identity that may be the same one, why, and how sure that is (0 to 1). */
export const likelySchema = z.strictObject({
  id: z.uuid(),
  name: z.string().max(512),
  kind: z.string().max(40),
  sources: z.array(z.string().max(40)).max(50),
  reason: z.string().max(1000),
  confidence: z.number().min(0).max(1),
});
export type Likely = z.infer<typeof likelySchema>;

export const likelyListSchema = z.strictObject({ items: z.array(likelySchema).max(50) });
