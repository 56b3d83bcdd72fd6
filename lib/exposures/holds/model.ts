import { z } from 'zod';
import { listQuery } from '@/lib/http/model';

// What callers hold now: reservations, leases, requests for approval.

const words = (most: number) => z.string().max(most);

export const openHoldsSchema = z.strictObject({
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: listQuery.limit,
  kind: z.enum(['hold', 'lease', 'approval']).optional(),
  identityId: z.uuid().optional(),
  exposureId: z.uuid().optional(),
});
export type OpenHoldsInput = z.input<typeof openHoldsSchema>;
export type OpenHoldsQuery = z.output<typeof openHoldsSchema>;

/** One open hold. Amounts are minor units as decimal strings; times ISO 8601. */
export const openHoldSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['hold', 'lease', 'approval']),
  decisionId: z.uuid(),
  identityId: z.uuid(),
  identityName: words(1000),
  sessionId: z.uuid().nullable(),
  sessionLabel: words(1000).nullable(),
  sessionEnded: z.boolean(),
  tokenId: z.uuid().nullable(),
  tokenName: words(200).nullable(),
  tokenRevoked: z.boolean(),
  createdAt: words(40),
  expiresAt: words(40),
  /** It is an allotment: its enforcement point spends it without asking. */
  allotted: z.boolean(),
  lines: z
    .array(
      z.strictObject({
        exposureId: z.uuid(),
        set: words(100),
        meter: words(100),
        scope: words(500),
        key: words(512),
        keyName: words(512).nullable(),
        unit: words(16).nullable(),
        scale: z.number().int(),
        amount: z.string().regex(/^-?\d{1,30}$/),
      }),
    )
    .max(50),
});
export type OpenHold = z.infer<typeof openHoldSchema>;

/** May an operator give it back? */
export const mayGiveBack = (hold: Pick<OpenHold, 'kind' | 'allotted'>): boolean =>
  hold.kind !== 'approval' && !hold.allotted;
