// For tests only: somebody who is stopped, asks for approval and asks again.

import { expect } from 'vitest';
import { createToken } from '@/lib/access/create-token';
import type { Ctx, Scope } from '@/lib/access/model';
import { submit } from '@/lib/approvals/submit';
import { task } from '@/lib/approvals/task';
import { decide } from '@/lib/decisions/decide';
import { show } from '@/lib/exposures/show';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

export const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
export const operator: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada', role: 'responder' } };

export async function tokenOf(name: string, scopes: Scope[], issuer = 'default'): Promise<Ctx> {
  const { id } = await createToken(admin, { name, scopes, issuer });
  return { actor: { kind: 'token', id, name, scopes, issuer } };
}

export const POLICY = `
set: approvals
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create" }
  outstanding: { pending: approval.request, per: identity, hold: 20m }
rules:
  - id: hard-cap
    limit: { meter: paid, max: 10000 }
  - id: large-total
    limit: { meter: paid, max: 1000, verdict: step_up }
    approval: { for: 1h, wait: 15m }
    message: More than 1 000 a day needs a second person
  - id: outstanding
    limit: { meter: outstanding, max: 2 }
  - id: no-approval-beside-maintenance
    on: action.name == "approval.request"
    deny: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
  - id: deploy-to-production
    on: action.name == "deploy"
    deny: resource.id == "production"
    approval: { for: 10m, uses: 3, binds: [version], automatic: 'context.risk == "low"' }
  - id: bulk-export
    on: action.name == "export"
    deny: resource.id == "production"
    approval: { for: 10m, pace: { most: 2, within: 1h } }
`;

export const now: { caller: Ctx; responder: Ctx; who: string } = { caller: admin, responder: admin, who: '' };
let n = 0;

/** Callers and the policy, and for every test an identity of its own. */
export async function begin(): Promise<void> {
  now.caller = await tokenOf('gateway', ['decide']);
  now.responder = await tokenOf('responder', ['respond']);
  await apply(admin, { source: POLICY });
}
export const next = (): void => {
  now.who = `svc-${++n}`;
};

export const pay = (amount: number, session = 's1', more: Record<string, unknown> = {}) => ({
  subject: { type: 'service_account', id: now.who },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: `acct-${now.who}` },
  context: { amount, ...more, braid: { session: { id: session } } },
});
export const deploy = (context: Record<string, unknown>) => ({
  subject: { type: 'ci_pipeline', id: now.who },
  action: { name: 'deploy' },
  resource: { type: 'environment', id: 'production' },
  context,
});

export const bulkExport = () => ({ ...deploy({}), action: { name: 'export' } });

export type Context = Record<string, unknown> & {
  braid: Record<string, unknown>;
  access_request?: { expires_at: string };
};
export const refused = async (body: object, by = now.caller) => {
  const answer = await decide(by, body);
  expect(answer.decision).toBe(false);
  return answer.context as Context;
};
export const submission = (body: ReturnType<typeof pay> | ReturnType<typeof deploy>, context: Context) => {
  const { braid: _, ...rest } = body.context as Record<string, unknown>;
  return {
    subject: body.subject,
    action: body.action,
    resource: body.resource,
    context: { ...rest, business_justification: 'month end' },
    denial: { evaluation_id: context.evaluation_id, expires_at: context.access_request?.expires_at },
  };
};
export const requested = async (body: ReturnType<typeof pay> | ReturnType<typeof deploy>, by = now.caller) =>
  submit(by, submission(body, await refused(body, by)));
export const carrying = (
  body: ReturnType<typeof pay>,
  approvalId: string | null,
  session = 's1',
  braid: { dry_run?: boolean } = {},
) => ({
  ...body,
  context: { ...body.context, approval: { id: approvalId }, braid: { session: { id: session }, ...braid } },
});
export const approvalOf = async (id: string): Promise<string> => {
  const found = await task(now.caller, { id, base: '' });
  return (found.result!.approval as { id: string }).id;
};
/** What the identity of this test has outstanding. */
export const held = async (): Promise<number> => {
  const { items } = await show(admin, { meter: 'outstanding' });
  return Number(items.find((one) => one.keyName === now.who)?.held ?? 0);
};
