// What the decision point takes and answers, route by route: the source of its OpenAPI document. Pure.
import { z } from 'zod';
import { allotSchema, reportSchema, tellSchema } from '@/lib/allotments/model';
import { submitSchema } from '@/lib/approvals/model';
import { answerSchema } from '@/lib/decisions/answer-model';
import {
  actionSchema,
  braidSchema,
  evaluationSchema,
  MAX_ITEMS,
  resourceSchema,
  SEMANTICS,
  subjectSchema,
} from '@/lib/decisions/request-model';
import { SEARCH_SCHEMAS, type SEARCHES } from '@/lib/decisions/search/model';
import { settleInputSchema, showQuerySchema } from '@/lib/exposures/model';
import { exposureSchema } from '@/lib/identities/standing-model';
import { batchRowSchema } from '@/lib/sessions/inbox-model';
import { completedTaskSchema } from '@/lib/sessions/task-model';

export interface Operation {
  name: string;
  summary: string;
  /** Scope of the token; null: nobody is asked who they are. */
  scope: 'decide' | 'ingest' | null;
  /** Errors are text, as AuthZEN has them; else problems (RFC 9457). */
  authzen?: true;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Media types of the body, where it is not `application/json`. */
  takes?: readonly string[];
  headers?: z.ZodObject;
  /** Answers that are no error: a schema of JSON, or the media type of what is none. */
  answers: Record<string, z.ZodType | string>;
}

const text = (most: number) => z.string().max(most);
const time = text(40);
const minor = z.string().regex(/^-?\d{1,30}$/);

const context = z
  .looseObject({
    braid: braidSchema.optional(),
    approval: z.looseObject({ id: text(200) }).optional(),
  })
  .describe('Whatever policies read. `braid` is read strictly: a misspelt key would be a control that is not there');
const evaluation = evaluationSchema.extend({ context: context.optional() });
const evaluations = z.object({
  subject: subjectSchema.optional(),
  action: actionSchema.optional(),
  resource: resourceSchema.optional(),
  context: context.optional(),
  evaluations: z.array(evaluation.partial()).max(MAX_ITEMS).optional(),
  options: z.object({ evaluations_semantic: z.enum(SEMANTICS).optional() }).optional(),
});

const hold = z.strictObject({
  id: z.uuid(),
  decisionId: z.uuid(),
  kind: text(20),
  state: z.enum(['held', 'settled', 'released', 'expired']),
  createdAt: time,
  expiresAt: time,
  closedAt: time.nullable(),
  lines: z
    .array(z.strictObject({ exposureId: z.uuid(), amount: minor, settled: minor, attribute: text(200).nullable() }))
    .max(50),
});

const task = z.looseObject({
  task: z.looseObject({
    id: z.uuid(),
    status: z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled']),
    status_endpoint: text(2000),
    expires_at: time,
    links: z.looseObject({ cancel: text(2000) }).optional(),
    display: z.looseObject({ title: text(200) }).optional(),
  }),
  result: z
    .looseObject({
      mode: z.literal('reevaluate'),
      approval: z.looseObject({ id: text(200), approved_at: time, approved_until: time }),
    })
    .optional(),
});

const found = z.strictObject({
  page: z.strictObject({ next_token: text(2000), count: z.number().int() }),
  results: z.array(
    z.looseObject({ type: text(200).optional(), id: text(1024).optional(), name: text(200).optional() }),
  ),
});
const pageable = (what: (typeof SEARCHES)[number]): Operation => ({
  name: `search_${what}`,
  summary: `Pages of ${what}s that would be allowed now. Looks only.`,
  scope: 'decide',
  authzen: true,
  body: SEARCH_SCHEMAS[what],
  answers: { 200: found },
});

const metadata: Operation = {
  name: 'metadata',
  summary: 'What this decision point can do, and where (AuthZEN 1.0).',
  scope: null,
  authzen: true,
  answers: { 200: z.record(z.string(), z.union([z.string(), z.array(z.string())])) },
};

/** `METHOD path` → what it takes and answers. */
export const CONTRACT: Record<string, Operation> = {
  'POST /access/v1/evaluation': {
    name: 'evaluation',
    summary: 'Decides one request on shared state, and reserves what it counts.',
    scope: 'decide',
    authzen: true,
    body: evaluation,
    answers: { 200: answerSchema },
  },
  'POST /access/v1/evaluations': {
    name: 'evaluations',
    summary:
      'Decides several in order, in one transaction, on running totals. Without `evaluations` it is one evaluation.',
    scope: 'decide',
    authzen: true,
    body: evaluations,
    answers: { 200: z.union([z.strictObject({ evaluations: z.array(answerSchema).max(MAX_ITEMS) }), answerSchema]) },
  },
  'POST /access/v1/search/subject': pageable('subject'),
  'POST /access/v1/search/resource': pageable('resource'),
  'POST /access/v1/search/action': pageable('action'),
  'POST /access/v1/requests': {
    name: 'request',
    summary: 'Asks for approval of what was refused.',
    scope: 'decide',
    headers: z.object({ 'Idempotency-Key': text(200).optional() }),
    body: submitSchema,
    answers: { 201: task, 202: task },
  },
  'GET /access/v1/requests/{id}': {
    name: 'request_status',
    summary: 'How a request for approval stands.',
    scope: 'decide',
    answers: { 200: task },
  },
  'POST /access/v1/requests/{id}/cancel': {
    name: 'request_cancel',
    summary: 'Takes a request for approval back.',
    scope: 'decide',
    answers: { 200: task },
  },
  'POST /v1/holds/{id}/settle': {
    name: 'settle',
    summary: 'Says what a hold came to: the actual amount in major units, or as reserved.',
    scope: 'decide',
    body: settleInputSchema.omit({ holdId: true }),
    answers: { 200: hold },
  },
  'POST /v1/holds/{id}/release': {
    name: 'release',
    summary: 'Gives a hold back: nothing of it counts.',
    scope: 'decide',
    answers: { 200: hold },
  },
  'POST /v1/holds/{id}/extend': {
    name: 'extend',
    summary: 'Says that the work goes on: the hold expires as long from now as it was first made for.',
    scope: 'decide',
    answers: { 200: hold },
  },
  'GET /v1/exposure': {
    name: 'exposure',
    summary: 'Exposures as they stand now, nearest to their limit first. Name a meter, a scope or a key.',
    scope: 'decide',
    query: z.object(showQuerySchema.shape),
    answers: { 200: z.strictObject({ items: z.array(exposureSchema).max(100) }) },
  },
  'POST /v1/tasks/{id}/complete': {
    name: 'complete_task',
    summary:
      'A task is over: its sessions are denied from the next request, and ended. For who was allowed something in one of them, or may end sessions (respond).',
    scope: 'decide',
    body: z.object({ reason: text(2000).optional() }),
    answers: {
      202: completedTaskSchema,
    },
  },
  'POST /v1/allotments': {
    name: 'allot',
    summary: 'A signed, expiring share of a limit, to spend without asking. For enforcement points in mode offline.',
    scope: 'decide',
    body: evaluation.extend({ for_secs: allotSchema.shape.for_secs }),
    answers: {
      200: answerSchema.extend({ allotment: z.null() }).meta({ id: 'RefusedAllotment' }),
      201: z.strictObject({
        allotment: z.strictObject({ id: z.uuid(), token: text(8000), expires_at: time, decision_id: z.uuid() }),
      }),
    },
  },
  'POST /v1/allotments/{id}/report': {
    name: 'report_allotment',
    summary: 'What was spent of an allotment: that counts, the rest is given back.',
    scope: 'decide',
    body: reportSchema,
    answers: {
      200: z.strictObject({
        id: z.uuid(),
        unit: text(16),
        scale: z.number().int(),
        given: minor,
        spent: minor,
        returned: minor,
        beyond: minor,
        late: z.boolean(),
      }),
    },
  },
  'POST /v1/reports': {
    name: 'tell',
    summary: 'What was done without asking, told afterwards. For enforcement points that are not online.',
    scope: 'decide',
    body: tellSchema,
    answers: {
      200: z.strictObject({
        transactions: z
          .array(z.strictObject({ ref: text(200), allowed: z.boolean(), reason: text(64), decision_id: z.uuid() }))
          .max(200),
      }),
    },
  },
  'POST /v1/events': {
    name: 'receive_events',
    summary: 'A batch of raw events, as their source writes them.',
    scope: 'ingest',
    query: z.object({ format: text(40).optional(), mapping: text(100).optional() }),
    takes: ['application/json', 'application/x-ndjson', 'application/gzip'],
    answers: { 202: z.strictObject({ batchId: z.uuid() }) },
  },
  'GET /v1/events/{id}': {
    name: 'show_batch',
    summary: 'What became of a batch, with the lines that were refused.',
    scope: 'ingest',
    answers: { 200: batchRowSchema },
  },
  'GET /.well-known/authzen-configuration': metadata,
  'GET /.well-known/jwks.json': {
    name: 'jwks',
    summary: 'Keys that sign allotments (RFC 7517).',
    scope: null,
    answers: { 200: z.strictObject({ keys: z.array(z.record(z.string(), z.string())) }) },
  },
  'GET /openapi.json': {
    name: 'openapi',
    summary: 'This document.',
    scope: null,
    answers: { 200: z.record(z.string(), z.unknown()) },
  },
  'GET /healthz': {
    name: 'healthz',
    summary: 'The process answers.',
    scope: null,
    answers: { 200: z.strictObject({ ok: z.literal(true) }) },
  },
  'GET /readyz': {
    name: 'readyz',
    summary: 'Shared state can be reached; 503: it can’t.',
    scope: null,
    answers: { 200: z.strictObject({ ready: z.boolean() }), 503: z.strictObject({ ready: z.boolean() }) },
  },
  'GET /metrics': {
    name: 'metrics',
    summary: 'Prometheus metrics.',
    scope: null,
    answers: { 200: 'text/plain' },
  },
};
