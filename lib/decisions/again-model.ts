import { z } from 'zod';
import { REASONS, VERDICTS } from '@/lib/decisions/model';

// What asking again found: a live session's last allowed request, judged on state and policies as they were then.

/** What changed, so that it was asked again. */
export const BECAUSE = {
  policies: 'the policies that bind changed',
  identity: 'something about its identity changed',
  workflow: 'something about an identity of its workflow changed',
  session: 'a session of its identity said something else than before',
  event: 'its system opened or ended a session of its identity',
  clock: 'time passes, and a policy reads it',
  request: 'it was asked for',
} as const;
export const becauseSchema = z.enum(Object.keys(BECAUSE) as [Because, ...Because[]]);
export type Because = keyof typeof BECAUSE;

export const CONSEQUENCES = ['terminate', 'pause', 'revoke'] as const;

const text = (most: number) => z.string().max(most);

/** What a rule made Braid do. */
const actedSchema = z.strictObject({
  kind: z.enum(CONSEQUENCES),
  /** Null: there was nothing left to do, or a bound refused it. */
  revocationId: z.uuid().nullable(),
  /** `set/rule@version`: what this very version asked for is done once. */
  rule: text(250).optional(),
  /** Refused by a bound: how often it was asked for, and when it is again. */
  tries: z.number().int().optional(),
  nextAt: text(40).optional(),
});
export type ActedAgain = z.infer<typeof actedSchema>;

/** The latest answer for one session. `allow`: it would still be allowed. */
export const askedAgainSchema = z.strictObject({
  sessionId: z.uuid(),
  sessionLabel: text(300),
  identityId: z.uuid(),
  /** The allow that was asked again, and what it was for. */
  decisionId: z.uuid(),
  action: text(512),
  resource: text(2048),
  at: text(40),
  because: becauseSchema,
  verdict: z.enum(VERDICTS),
  reason: z.enum(REASONS),
  policySet: text(100).nullable(),
  ruleId: text(100).nullable(),
  message: text(2000).nullable(),
  done: z.array(actedSchema).max(10),
});
export type AskedAgain = z.infer<typeof askedAgainSchema>;

/** Null: nothing has changed that it would have to be asked again for. */
export const latestAskedSchema = z.strictObject({ latest: askedAgainSchema.nullable() });
export type LatestAsked = z.infer<typeof latestAskedSchema>;
