import { z } from 'zod';
import { VERDICTS } from '@/lib/decisions/model';

const text = (most: number) => z.string().max(most);

export const evidenceSessionSchema = z.strictObject({
  id: z.uuid(),
  label: text(200),
  /** What it authenticated with, by name; null: no source tells. */
  key: text(512).nullable(),
  state: text(20),
  network: text(64).nullable(),
  region: text(64).nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
});
export type EvidenceSession = z.infer<typeof evidenceSessionSchema>;

export const evidenceDecisionSchema = z.strictObject({
  id: z.uuid(),
  at: z.string(),
  sessionId: z.uuid().nullable(),
  verdict: z.enum(VERDICTS),
  alone: z.enum(VERDICTS).nullable(),
  action: text(512),
  resource: text(2048),
  amount: text(24).nullable(),
  unit: text(16).nullable(),
  scale: z.number().int(),
  message: text(2000).nullable(),
});
export type EvidenceDecision = z.infer<typeof evidenceDecisionSchema>;

export const evidenceEventSchema = z.strictObject({
  id: z.uuid(),
  at: z.string(),
  action: text(200),
  outcome: text(20),
  network: text(64).nullable(),
});
export type EvidenceEvent = z.infer<typeof evidenceEventSchema>;

export const evidenceRevocationSchema = z.strictObject({
  id: z.uuid(),
  kind: text(20),
  state: text(20),
  requestedAt: z.string(),
  actorName: text(300),
});
export type EvidenceRevocation = z.infer<typeof evidenceRevocationSchema>;
