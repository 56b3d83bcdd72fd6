// Access requests at the decision point: submit, look, cancel. Routes only; errors are the profile's problem types.
import type { Ctx } from '@/lib/access/model';
import { cancel } from '@/lib/approvals/cancel';
import { submit } from '@/lib/approvals/submit';
import { task, taskOf } from '@/lib/approvals/task';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { type Call, readJson, send, usableId } from '@/lib/server/pdp-http';

const BYTES = 64_000;
const POLL_SECS = '5';

const TYPES: Record<string, string> = {
  'approval.not_requestable': 'not_requestable',
  'approval.denial_expired': 'expired_denial',
  'approval.binding': 'invalid_denial_binding',
  'approval.duplicate': 'duplicate_request',
  'approval.answered': 'invalid_task_state',
  not_found: 'unknown_task',
};

const base = (): string => env().BRAID_PDP_URL.replace(/\/$/, '');
const idOf = (call: Call): string => call.path.split('/')[4]!;

/** Answers what `work` throws in the profile's words; anything else is answered like everywhere. */
async function told(call: Call, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const type = error instanceof BraidError ? TYPES[error.code] : undefined;
    if (!type || !(error instanceof BraidError)) throw error;
    const problem = {
      type: `urn:openid:authzen:access-request:error:${type}`,
      title: error.publicMessage,
      status: error.status,
      code: error.code,
    };
    send(call, error.status, problem, { 'Content-Type': 'application/problem+json' });
  }
}

export function requestRoutes(verified: (call: Call) => Promise<Ctx>) {
  const route = (
    method: 'GET' | 'POST',
    path: RegExp,
    name: string,
    work: (call: Call, ctx: Ctx) => Promise<void>,
  ) => ({
    method,
    path,
    name,
    authzen: false,
    handle: async (call: Call) => {
      const ctx = await verified(call);
      await told(call, () => work(call, ctx));
    },
  });
  return [
    route('POST', /^\/access\/v1\/requests$/, 'request', async (call, ctx) => {
      const header = call.request.headers['idempotency-key'];
      const key = usableId(typeof header === 'string' ? header.replace(/^"(.*)"$/, '$1') : undefined);
      const request = await submit(ctx, await readJson(call, BYTES), key);
      const body = taskOf(request, clock.ms(), base());
      send(call, request.state === 'pending' ? 202 : 201, body, { Location: String(body.task.status_endpoint) });
    }),
    route('GET', /^\/access\/v1\/requests\/[0-9a-f-]{36}$/, 'request_status', async (call, ctx) => {
      const found = await task(ctx, { id: idOf(call), base: base() });
      send(call, 200, found, found.task.status === 'pending' ? { 'Retry-After': POLL_SECS } : {});
    }),
    route('POST', /^\/access\/v1\/requests\/[0-9a-f-]{36}\/cancel$/, 'request_cancel', async (call, ctx) => {
      await readJson(call, BYTES, true);
      send(call, 200, taskOf(await cancel(ctx, { id: idOf(call) }), clock.ms(), base()));
    }),
  ];
}
