import { z } from 'zod';
import { ROLES, type Role, roleSchema } from '@/lib/access/model';
import { listQuery } from '@/lib/http/model';

// A role for a time: asked for by an operator, granted by another one, held in one console session and nowhere else.

const text = (most: number) => z.string().max(most);
const reason = z.string().trim().min(3, 'says why, in at least 3 characters').max(2000);

/** Least and most time a role is granted for, minutes. */
export const MINUTES = { least: 15, most: 480 } as const;
/** What is offered. */
export const MINUTES_OFFERED = [15, 30, 60, 120, 240, 480] as const;
const minutes = z.number().int().min(MINUTES.least).max(MINUTES.most);
/** Nobody asks to be less. */
export const ASKABLE = ROLES.filter((role) => role !== 'viewer') as Exclude<Role, 'viewer'>[];
const askableSchema = z.enum(ASKABLE as [Exclude<Role, 'viewer'>, ...Exclude<Role, 'viewer'>[]]);

export const ABOUT_TYPES = ['identity', 'finding'] as const;
export type AboutType = (typeof ABOUT_TYPES)[number];

export const askGrantSchema = z.strictObject({
  role: askableSchema,
  minutes,
  reason,
  /** What it is for, where it is for one thing. */
  about: z.strictObject({ type: z.enum(ABOUT_TYPES), id: z.uuid() }).optional(),
});
export type AskGrantInput = z.input<typeof askGrantSchema>;

export const answerGrantSchema = z.strictObject({
  id: z.uuid(),
  answer: z.enum(['grant', 'decline']),
  reason,
  /** Less than was asked for; absent: as asked. */
  role: askableSchema.optional(),
  minutes: minutes.optional(),
  /** Only where it was asked for, because the sign-in is not fresh. */
  password: z.string().min(1).max(256).optional(),
});
export type AnswerGrantInput = z.input<typeof answerGrantSchema>;

export const endGrantSchema = z.strictObject({ id: z.uuid(), reason: text(2000).trim().default('') });
export type EndGrantInput = z.input<typeof endGrantSchema>;

/** waiting for an answer · live: the role is held · declined · ended, and how. */
export const GRANT_STATES = ['waiting', 'live', 'declined', 'ended'] as const;
export type GrantState = (typeof GRANT_STATES)[number];

/** How it came to its end. The last two were never granted. */
export const ENDINGS = {
  expired: 'its time was over',
  given_back: 'given back',
  ended_early: 'ended early',
  signed_out: 'the sign-in ended',
  disabled: 'the operator was disabled',
  role_changed: 'the operator’s own role was changed',
  granter_left: 'who granted it may grant no more',
  withdrawn: 'withdrawn by who asked',
  lapsed: 'nobody answered while the sign-in lasted',
} as const;
export type Ending = keyof typeof ENDINGS;
const endingSchema = z.enum(Object.keys(ENDINGS) as [Ending, ...Ending[]]);

const at = text(40);
export const grantRowSchema = z.strictObject({
  id: z.uuid(),
  operatorId: z.uuid(),
  operatorName: text(100),
  /** Their own role when they asked. */
  standing: roleSchema,
  askedRole: roleSchema,
  askedMinutes: z.number().int(),
  reason: text(2000),
  about: z.strictObject({ type: z.enum(ABOUT_TYPES), id: z.uuid(), name: text(600) }).nullable(),
  state: z.enum(GRANT_STATES),
  askedAt: at,
  /** Not answered by then: over. */
  lapsesAt: at,
  answeredAt: at.nullable(),
  answeredBy: text(300).nullable(),
  /** What they said. */
  answer: text(2000).nullable(),
  /** What was granted; null: nothing. */
  role: roleSchema.nullable(),
  until: at.nullable(),
  endedAt: at.nullable(),
  endedBy: text(300).nullable(),
  endedHow: endingSchema.nullable(),
  endReason: text(2000).nullable(),
  /** Of who looks. */
  own: z.boolean(),
  /** Why who looks can't answer it; null: they can, or nothing waits for an answer. */
  notYours: text(300).nullable(),
});
export type GrantRow = z.infer<typeof grantRowSchema>;

export const listGrantsSchema = z.strictObject({
  ...listQuery,
  state: z.enum(GRANT_STATES).optional(),
  operatorId: z.uuid().optional(),
  cursor: z.uuid('is not a cursor of this list').optional(),
});
export type ListGrants = z.input<typeof listGrantsSchema>;

/** The role somebody acts under in the console session that asks, and the newest grant of that session. */
export const currentAccessSchema = z.strictObject({ role: roleSchema, grant: grantRowSchema.nullable() });
export type CurrentAccess = z.infer<typeof currentAccessSchema>;

export const actsQuerySchema = z.strictObject({
  id: z.uuid(),
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: listQuery.limit,
});
export type ActsQuery = z.input<typeof actsQuerySchema>;
