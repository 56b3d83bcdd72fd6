import { z } from 'zod';
import type { Verdict } from '@/lib/decisions/model';

/** One step of a path: what moved the exposure, or would have. */
export interface PathStep {
  at: string;
  revision: string | null;
  kind: 'reserve' | 'settle' | 'release' | 'expire' | 'overrun' | 'leave' | 'refused';
  decisionId: string | null;
  sessionId: string | null;
  identityId: string | null;
  action: string | null;
  /** Change, minor units; for `refused` what was asked. */
  amount: string;
  /** settled + held after it. */
  after: string;
  /** This session's own share after it. */
  own: string;
  verdict: Verdict | null;
  alone: Verdict | null;
}

/** How one exposure got where it is: ordered steps, strand by strand. */
export interface Path {
  exposure: {
    id: string;
    set: string;
    meter: string;
    /** sum | count | live_sessions | lease | pending */
    kind: string;
    scope: string;
    key: string;
    /** What people call the key, where it is an id of Braid's own: the identity's, session's or workflow's name. */
    keyName: string | null;
    /** Of the resource, where the scope is one and a request named its type. */
    resourceType: string | null;
    unit: string | null;
    scale: number;
    limit: string | null;
    windowSecs: number | null;
    /** `day Europe/Berlin`, `live`; null: sliding over windowSecs, or for ever. */
    calendar: string | null;
    ruleId: string | null;
  };
  /** The decision whose path was asked for; null when asked by exposure. */
  decisionId: string | null;
  from: string;
  to: string;
  strands: {
    sessionId: string | null;
    identityId: string;
    identityName: string;
    label: string;
    share: string;
    ended: boolean;
  }[];
  steps: PathStep[];
  /** The first step that was refused because the sum would have crossed the limit. */
  crossing: number | null;
  /** Earlier steps lie before this page. */
  truncated: boolean;
  /** `before` of the page before this one; null: this is the first. */
  nextCursor: string | null;
}

const time = z.iso.datetime({ offset: true });
export const pathQuerySchema = z.union([
  z.strictObject({ decisionId: z.uuid(), exposureId: z.uuid().optional(), before: time.optional() }),
  z.strictObject({
    exposureId: z.uuid(),
    from: time.optional(),
    to: time.optional(),
    /** Only steps until this instant: `nextCursor` of the page after it. */
    before: time.optional(),
  }),
]);
export type PathQuery = z.infer<typeof pathQuerySchema>;

/** What the address of a path's page says; what can't be read there is left out. */
export const pathAddressSchema = z.object({
  exposure: z.uuid().optional().catch(undefined),
  before: time.optional().catch(undefined),
});
