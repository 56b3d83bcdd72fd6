// For tests only: asking the decision point in process, under the example policies and a set with explicit holds.
import path from 'node:path';
import { expect } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { decide } from '@/lib/decisions/decide';
import { verify } from '@/lib/decisions/verify';
import { projectRoot } from '@/lib/platform/env';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';

export const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
export const token: Ctx = {
  actor: { kind: 'token', id: newId(), name: 'payments-api', scopes: ['decide'], issuer: 'default' },
};

interface Asked {
  subject?: string;
  action?: string;
  resource?: string;
  context?: Record<string, unknown>;
  session?: Record<string, unknown> | null;
  braid?: Record<string, unknown>;
}

const body = ({
  subject = 'svc-payments',
  action = 'payment.create',
  resource = 'acct',
  context = {},
  session = { id: 's1' },
  braid = {},
}: Asked) => ({
  subject: { type: 'service_account', id: subject },
  action: { name: action },
  resource: { type: 'account', id: resource },
  context: { ...context, braid: { ...braid, ...(session ? { session } : {}) } },
});

export const ask = async (asked: Asked, ctx: Ctx = token) => {
  const answer = await decide(ctx, body(asked));
  const braid = answer.context.braid as Record<string, unknown> & { exposures: Record<string, string>[] };
  return { ...answer, reason: answer.context.reason, message: answer.context.message as string, braid };
};

export const consistent = async () => expect((await verify(admin)).problems).toEqual([]);

export async function applyTestPolicies(): Promise<void> {
  await apply(admin, { files: readDir(path.join(projectRoot(), 'docs/examples/policies/payments')) });
  await apply(admin, {
    source: `set: holds
default: allow
meters:
  spend: { sum: context.cost, unit: USD, scale: 2, per: identity, settle: explicit, hold: 15m, on: action.name == "tool.call" }
  brief: { count: true, per: identity, over: 1h, settle: explicit, hold: 1s, on: action.name == "brief" }
rules:
  - id: budget
    limit: { meter: spend, max: 100 }
  - id: brief-limit
    limit: { meter: brief, max: 1 }
`,
  });
}
