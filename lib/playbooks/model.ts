import { z } from 'zod';
import { actTotalsSchema } from '@/lib/playbooks/acts-model';
import { objectSchema } from '@/lib/playbooks/objects-model';
import { REVOCATION_KINDS, REVOCATION_STATES } from '@/lib/revocations/model';

// A playbook contains one incident: end the sessions, review the secrets, reduce what it may, correlate the logs. Each step is done
// with evidence or waived with a reason; only then may it be called contained.

export const STEPS = {
  session_termination: 'Session termination',
  secret_review: 'Secret review',
  privilege_reduction: 'Privilege reduction',
  log_correlation: 'Log correlation',
} as const;
export type StepKind = keyof typeof STEPS;
export const STEP_KINDS = Object.keys(STEPS) as [StepKind, ...StepKind[]];
export const STEP_STATES = ['open', 'done', 'waived'] as const;
export const PLAYBOOK_STATES = ['open', 'contained'] as const;

const id = z.uuid();
const text = (most: number) => z.string().max(most);
const why = z.string().trim().min(3, 'needs at least 3 characters').max(2000);

export const OUTCOMES = {
  rotated: 'Rotated',
  disabled: 'Disabled',
  removed: 'Removed',
  kept: 'Kept',
} as const;
const outcomeSchema = z.enum(Object.keys(OUTCOMES) as [keyof typeof OUTCOMES]);
export type Outcome = keyof typeof OUTCOMES;

export const refSchema = z.strictObject({ id });
/** Of an identity, or of a finding; `since`: from when on it is not trusted, else the finding's first evidence. */
export const startSchema = z.strictObject({
  identityId: id,
  findingId: id.optional(),
  since: z.iso.datetime({ offset: true }).optional(),
});
export const waiveSchema = z.strictObject({ id, kind: z.enum(STEP_KINDS), reason: why });
export const reopenSchema = waiveSchema;
export const containSchema = z.strictObject({ id, summary: why });

const reviewedSchema = z.strictObject({
  credentialId: id,
  outcome: outcomeSchema,
  note: z.string().trim().max(500).default(''),
});
const done = {
  session_termination: { kind: z.literal('session_termination'), revocationIds: z.array(id).min(1).max(50) },
  secret_review: {
    kind: z.literal('secret_review'),
    credentials: z.array(reviewedSchema).max(200),
    note: z.string().trim().max(2000).default(''),
  },
  privilege_reduction: {
    kind: z.literal('privilege_reduction'),
    /** Of what it was granted when the playbook was started, by name: what was taken away. Done only once its system no longer has it. */
    removed: z.array(z.string().min(1).max(1000)).max(300).default([]),
    /** What else was taken away, in words. */
    reduced: z.array(z.string().trim().min(3, 'needs at least 3 characters').max(500)).max(100).default([]),
    note: z.string().trim().max(2000).default(''),
  },
  log_correlation: { kind: z.literal('log_correlation'), conclusion: why },
};
export const finishSchema = z.discriminatedUnion('kind', [
  z.strictObject({ id, ...done.session_termination }),
  z.strictObject({ id, ...done.secret_review }),
  z.strictObject({ id, ...done.privilege_reduction }),
  z.strictObject({ id, ...done.log_correlation }),
]);
/** The same where the id is in the path. */
export const finishBodySchema = z.discriminatedUnion('kind', [
  z.strictObject(done.session_termination),
  z.strictObject(done.secret_review),
  z.strictObject(done.privilege_reduction),
  z.strictObject(done.log_correlation),
]);
export type FinishInput = z.input<typeof finishSchema>;

export const listPlaybooksSchema = z.strictObject({
  state: z.enum(PLAYBOOK_STATES).optional(),
  identityId: id.optional(),
  findingId: id.optional(),
  cursor: id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListPlaybooks = z.input<typeof listPlaybooksSchema>;

// ── what is shown ──────────────────────────────────────────────────────────────────────────────────────────────────

/** A right, or what an app was allowed, and who tells of it. */
const grantedSchema = z.strictObject({ what: text(1000), from: text(300) });
export type Granted = z.infer<typeof grantedSchema>;

const evidenceSchema = z.strictObject({
  revocationIds: z.array(id).max(50).optional(),
  /** What each revocation had come to when the step was done. */
  states: z.array(text(20)).max(50).optional(),
  credentials: z
    .array(
      z.strictObject({
        credentialId: id,
        name: text(512),
        outcome: outcomeSchema,
        note: text(500),
        /** The verified rotation that replaced it. */
        revocationId: id.optional(),
      }),
    )
    .max(200)
    .optional(),
  /** Named as taken away, and no longer granted when its systems were last looked at. */
  removed: z.array(grantedSchema).max(300).optional(),
  reduced: z.array(text(500)).max(100).optional(),
  /** Granted when the playbook was started, and not any more; absent: what was granted then is not kept. */
  vanished: z.array(grantedSchema).max(300).optional(),
  /** What was said to be taken away, and is still granted. */
  stillGranted: z.array(text(500)).max(100).optional(),
  conclusion: text(2000).optional(),
  note: text(2000).optional(),
  /** The window that was looked at, and how much was in it. */
  from: text(40).optional(),
  to: text(40).optional(),
  events: z.number().int().optional(),
  decisions: z.number().int().optional(),
  findings: z.number().int().optional(),
  systems: z.array(text(40)).max(100).optional(),
  /** What was done in its sessions and in those under their authority, and what of it was shown. */
  acts: actTotalsSchema.optional(),
  shown: z
    .array(
      z.strictObject({
        action: text(512),
        resource: text(1000).nullable(),
        session: text(300).nullable(),
        identity: text(512),
        outcome: text(20),
        count: z.number().int(),
      }),
    )
    .max(50)
    .optional(),
});
export type StepEvidence = z.infer<typeof evidenceSchema>;

const stepSchema = z.strictObject({
  kind: z.enum(STEP_KINDS),
  state: z.enum(STEP_STATES),
  evidence: evidenceSchema,
  /** Why it was waived, or is open again. */
  reason: text(2000).nullable(),
  at: text(40).nullable(),
  by: text(200).nullable(),
});
export type StepRow = z.infer<typeof stepSchema>;

export const playbookRowSchema = z.strictObject({
  id,
  identityId: id,
  identityName: text(512),
  findingId: id.nullable(),
  findingTitle: text(300).nullable(),
  state: z.enum(PLAYBOOK_STATES),
  since: text(40),
  startedAt: text(40),
  startedBy: text(200),
  containedAt: text(40).nullable(),
  containedBy: text(200).nullable(),
  summary: text(2000).nullable(),
  steps: z.array(stepSchema).max(4),
});
export type PlaybookRow = z.infer<typeof playbookRowSchema>;

export const TRACKS = {
  revocation: 'Revocation',
  revalidation: 'Revalidation',
  monitoring: 'Downstream access monitoring',
} as const;
const trackSchema = z.strictObject({
  track: z.enum(Object.keys(TRACKS) as [keyof typeof TRACKS]),
  state: z.enum(['open', 'running', 'done']),
  says: text(500),
});
export type Track = z.infer<typeof trackSchema>;

const revocationSchema = z.strictObject({
  id,
  kind: z.enum(REVOCATION_KINDS),
  state: z.enum([...REVOCATION_STATES, 'regrown']),
  identityId: id,
  identityName: text(512),
  requestedAt: text(40),
  sessions: z.number().int(),
  undone: z.boolean(),
});
export type PlaybookRevocation = z.infer<typeof revocationSchema>;

const credentialSchema = z.strictObject({
  id,
  kind: text(60),
  name: text(512),
  source: text(100),
  state: text(20),
  firstSeenAt: text(40),
  lastUsedAt: text(40).nullable(),
  expiresAt: text(40).nullable(),
  /** Live sessions that were opened with it, or descend from such a one: rotating it does not end them. */
  outlives: z.array(z.strictObject({ sessionId: id, label: text(200), how: text(60) })).max(50),
  /** The verified rotation since the incident began that replaced it; null: none did. */
  rotatedBy: id.nullable(),
});
export type PlaybookCredential = z.infer<typeof credentialSchema>;

export const playbookDetailSchema = playbookRowSchema.extend({
  identityState: text(20),
  tracks: z.array(trackSchema).max(3),
  revocations: z.array(revocationSchema).max(50),
  /** Live now; of the finding's evidence, where there is one, and of what else is involved. */
  live: z
    .array(
      z.strictObject({
        id,
        identityId: id,
        identityName: text(512),
        label: text(200),
        source: text(40),
        lastValidatedAt: text(40).nullable(),
      }),
    )
    .max(400),
  objects: z.array(objectSchema).max(500),
  credentials: z.array(credentialSchema).max(200),
  granted: z.array(z.strictObject({ what: text(300), from: text(200), used: z.boolean() })).max(300),
  /** What it was granted when it was started, and whether it still is; null: what was granted then is not kept. */
  grantedThen: z
    .array(grantedSchema.extend({ stands: z.boolean() }))
    .max(500)
    .nullable(),
  /** Granted when it was started, and not any more; null: what was granted then is not kept. */
  vanished: z.array(grantedSchema).max(300).nullable(),
  used: z
    .array(z.strictObject({ action: text(512), count: z.number().int(), lastAt: text(40), from: text(60) }))
    .max(200),
  log: z.strictObject({
    from: text(40),
    to: text(40),
    sources: z
      .array(
        z.strictObject({
          source: text(40),
          events: z.number().int(),
          failures: z.number().int(),
          firstAt: text(40),
          lastAt: text(40),
        }),
      )
      .max(100),
    verdicts: z.array(z.strictObject({ verdict: text(20), count: z.number().int() })).max(10),
    findings: z
      .array(z.strictObject({ id, title: text(300), severity: text(20), state: text(20), lastSeenAt: text(40) }))
      .max(50),
  }),
});
export type PlaybookDetail = z.infer<typeof playbookDetailSchema>;
