import { z } from 'zod';
import { RISK_LEVELS } from '@/lib/signals/event-model';

// How far one session or one credential is trusted, each for itself: who has an authenticated session has not its secret, and
// who has the secret has not the session (requirement D1). The identity's own risk stands on the identity.

const text = (most: number) => z.string().max(most);

export const riskSchema = z.strictObject({
  /** null: nothing speaks against it. */
  level: z.enum(RISK_LEVELS).nullable(),
  /** The findings that say so, the gravest first. */
  because: z
    .array(z.strictObject({ findingId: z.uuid(), title: text(300), severity: text(20), lastSeenAt: text(40) }))
    .max(50),
});
export type Risk = z.infer<typeof riskSchema>;

export const sessionRiskSchema = riskSchema;
export const credentialRisksSchema = z.strictObject({
  items: z.array(riskSchema.extend({ credentialId: z.uuid() })).max(200),
});
export type CredentialRisks = z.infer<typeof credentialRisksSchema>;
export const riskOfSchema = z.strictObject({ id: z.uuid() });
