import { z } from 'zod';
import { POINT_MODES } from '@/lib/access/model';
import { evaluationSchema, MAX_ITEMS } from '@/lib/decisions/request-model';

// Where state can't be asked: an enforcement point is given a share of a limit beforehand, or tells afterwards what it did.

/** Seconds an allotment may last at most. */
export const MAX_SECS = 7 * 86_400;

export const allotSchema = evaluationSchema.extend({
  /** Seconds until it ends. What was not reported by then counts as spent. */
  for_secs: z.number().int().min(10).max(MAX_SECS),
});

const amount = z.union([z.number().min(0), z.string().max(32)]);
export const reportSchema = z.object({
  spends: z
    .array(z.object({ ref: z.string().min(1).max(200), at: z.iso.datetime({ offset: true }).optional(), amount }))
    .max(10_000),
});

/** What an enforcement point that can't ask did, one after the other. */
export const tellSchema = z.object({ transactions: z.array(z.unknown()).min(1).max(MAX_ITEMS) });

/** Each is read by itself: a broken one keeps no other out. */
export const toldSchema = z.object({
  ref: z.string().min(1).max(200),
  at: z.iso.datetime({ offset: true }),
  subject: z.unknown(),
  action: z.unknown(),
  resource: z.unknown(),
  context: z.record(z.string().max(200), z.unknown()).optional(),
});

/** What is signed: everything an enforcement point needs to spend it without asking. */
export interface AllotmentClaims {
  iss: string;
  /** The token it was given to. */
  sub: string;
  /** The allotment's id. */
  jti: string;
  iat: number;
  exp: number;
  allotment: {
    subject: { type: string; id: string };
    action: { name: string };
    resource: { type: string; id: string };
    attribute: string;
    unit: string;
    scale: number;
    /** Minor units, as text. */
    max: string;
  };
}

const words = (most: number) => z.string().max(most);
const minor = z.string().regex(/^-?\d{1,30}$/);

export const allotmentRowSchema = z.strictObject({
  id: z.uuid(),
  tokenId: z.uuid(),
  tokenName: words(100),
  identityId: z.uuid(),
  identityName: words(512),
  action: words(200),
  resourceType: words(200),
  resourceId: words(1024),
  unit: words(16),
  scale: z.number().int(),
  amount: minor,
  /** As reported; overdue: all of it. null: not yet known. */
  spent: minor.nullable(),
  spends: z.number().int(),
  /** Spent beyond it. */
  over: minor,
  state: z.enum(['open', 'reported', 'overdue']),
  issuedAt: words(40),
  expiresAt: words(40),
  reportedAt: words(40).nullable(),
  decisionId: z.uuid(),
});
export type AllotmentRow = z.infer<typeof allotmentRowSchema>;

export const blindQuerySchema = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type BlindQuery = z.infer<typeof blindQuerySchema>;

/** Value of one unit by how it was decided. Minor units. */
const sharesSchema = z.strictObject({
  unit: words(16),
  scale: z.number().int(),
  /** Decided on shared state as it was. */
  online: minor,
  /** Decided on an answer up to so many seconds old. */
  bounded: minor,
  /** Spent out of allotments, without asking. */
  offline: minor,
  /** Told afterwards. */
  legacy: minor,
  total: minor,
  blind: minor,
  /** Of total, per cent with one decimal, rounded up; 0 = nothing. */
  percent: z.number(),
});

const pointSchema = z.strictObject({
  tokenId: z.uuid(),
  name: words(100),
  mode: z.enum(POINT_MODES),
  staleSecs: z.number().int().nullable(),
  settleAfterSecs: z.number().int().nullable(),
  /** Questions it asked. */
  decisions: z.number().int(),
  allotments: z.number().int(),
  open: z.number().int(),
  /** Allotments that ended without a report: taken as spent. */
  overdue: z.number().int(),
  /** Allotments of which more was spent than given. */
  overused: z.number().int(),
  /** Transactions told afterwards, and how many of them should not have happened. */
  told: z.number().int(),
  toldDenied: z.number().int(),
  /** By unit: given, spent, not spent (given back), beyond. */
  variance: z
    .array(
      z.strictObject({
        unit: words(16),
        scale: z.number().int(),
        given: minor,
        spent: minor,
        returned: minor,
        beyond: minor,
        denied: minor,
      }),
    )
    .max(50),
});

/** What was decided blind in a period, per unit and per enforcement point. */
export const blindReportSchema = z.strictObject({
  from: words(40),
  to: words(40),
  units: z.array(sharesSchema).max(50),
  points: z.array(pointSchema).max(500),
});
export type BlindReport = z.infer<typeof blindReportSchema>;
