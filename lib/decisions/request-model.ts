import { z } from 'zod';
import type { Reason, Verdict } from '@/lib/decisions/model';
import type { Asked } from '@/lib/policies/compiled-model';
import { SESSION_KINDS } from '@/lib/sessions/model';

// What a caller asks, as AuthZEN 1.0 shapes it, and what it is answered. Unknown fields are ignored, as the spec says.

const properties = z.record(z.string().max(200), z.unknown()).optional();
const entity = z.object({ type: z.string().min(1).max(200), id: z.string().min(1).max(1024), properties });
export const subjectSchema = entity;
export const resourceSchema = entity;
export const actionSchema = z.object({ name: z.string().min(1).max(200), properties });
const contextSchema = z.record(z.string().max(200), z.unknown());

export const evaluationSchema = z.object({
  subject: subjectSchema,
  action: actionSchema,
  resource: resourceSchema,
  context: contextSchema.optional(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type Semantic = (typeof SEMANTICS)[number];

/** Items of one batch evaluation. */
export const MAX_ITEMS = 200;

/** Each item is read by itself, so that one bad item does not spoil the others. */
export const evaluationsSchema = z.object({
  subject: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
  context: z.unknown().optional(),
  evaluations: z.array(z.unknown()).max(MAX_ITEMS).optional(),
  options: z.object({ evaluations_semantic: z.enum(SEMANTICS).optional() }).optional(),
});

const word = (most: number) => z.string().min(1).max(most);
/** The longest a word of `context.braid.session` may be. */
export const SESSION_WORDS = {
  id: 256,
  network: 64,
  region: 64,
  device: 256,
  runtime: 256,
  agent: 200,
  key: 512,
  task: 512,
  scope: 1024,
  posture: 64,
  /** Autonomous system of its network: `AS64500`, or a number. */
  asn: 32,
  label: 200,
} as const;
export const BRAID_WORDS = { idempotency_key: 200, credential: 512 } as const;

const { id: _id, asn: _asn, ...SAID } = SESSION_WORDS;
const said = Object.fromEntries(Object.entries(SAID).map(([name, most]) => [name, word(most).optional()])) as Record<
  keyof typeof SAID,
  z.ZodOptional<z.ZodString>
>;

/** Braid's part of the open context. Strict where it counts: a misspelt key would be a control that is not there. */
export const braidSchema = z.strictObject({
  dry_run: z.boolean().optional(),
  idempotency_key: word(BRAID_WORDS.idempotency_key).optional(),
  /** What assures who asks, as the caller has verified it. `at`: when it was given; absent: with this request. */
  assurance: z
    .strictObject({
      acr: word(200),
      at: z.iso.datetime({ offset: true }).optional(),
      amr: z.array(word(64)).max(16).optional(),
    })
    .optional(),
  credential: z.strictObject({ id: word(BRAID_WORDS.credential) }).optional(),
  session: z
    .strictObject({
      id: word(SESSION_WORDS.id),
      ...said,
      tags: z.array(word(64)).max(32).optional(),
      asn: z
        .union([
          word(SESSION_WORDS.asn),
          z
            .number()
            .int()
            .min(0)
            .max(4_294_967_295)
            .transform((number) => `AS${number}`),
        ])
        .optional(),
      kind: z.enum(SESSION_KINDS).optional(),
    })
    .optional(),
});
export type BraidContext = z.infer<typeof braidSchema>;

/** One request on its way to a decision. */
export interface Item {
  decisionId: string;
  asked: Asked;
  braid: BraidContext;
  /** The namespace in which the caller's subject ids are read. */
  issuer: string;
  tokenId: string | null;
  tokenName: string;
  requestId: string | null;
  idempotency: { key: string; bodyHash: Buffer; explicit: boolean } | null;
  /** How the enforcement point that asks knows shared state, where it is not online. */
  point?: { mode: string; staleSecs: number | null; settleAfterSecs: number | null };
  /** Asked for as a sub-limit: what it reserves is held so long, and counts as spent if nobody says otherwise. */
  allotment?: { secs: number };
  /** Done without asking, at this time: it counts whatever is decided, once under the caller's own name for it. */
  told?: { ref: string; atMs: number; bodyHash: Buffer };
  /** `context.approval.id`: an approval the caller says it has. */
  approvalId?: string;
  /** RFC 8785 text of what is asked; absent: not written yet. */
  text?: string;
  /** Longest list or map in the request. */
  longest: number;
  /** performance.now() at arrival. */
  arrivedMs: number;
  /** Answered `state_unavailable` at this time, and only logged now. */
  spooledAt: string | null;
}

/** Items that are decided in order, in one transaction. */
export interface Job {
  items: Item[];
  semantic: Semantic;
}

/** What is answered, as AuthZEN shapes it. */
export interface Answer {
  decision: boolean;
  context: Record<string, unknown>;
}

export interface Decided {
  kind: 'decided';
  decisionId: string;
  verdict: Verdict;
  reason: Reason;
  /** The answer (`Answer`) as JSON. */
  text: string;
  /** A retry that was given the stored answer. */
  replayed: boolean;
}

/** The same idempotency key came with another body. */
export interface Conflict {
  kind: 'conflict';
}

export type Outcome = Decided | Conflict;
