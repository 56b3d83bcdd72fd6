'use server';

import { z } from 'zod';
import { confirmOperator } from '@/lib/access/confirm-operator';
import { operatorAction } from '@/lib/http/action';
import { apply } from '@/lib/policies/apply';
import { requestBacktest } from '@/lib/policies/backtests/request-backtest';
import { checkAgainst } from '@/lib/policies/check-against';
import { discardDraft } from '@/lib/policies/discard-draft';
import { endExemption } from '@/lib/policies/end-exemption';
import { exempt } from '@/lib/policies/exempt';
import {
  applyInputSchema,
  backtestInputSchema,
  checkInputSchema,
  draftNameSchema,
  endExemptionSchema,
  exemptInputSchema,
  retireActionSchema,
  runTestsInputSchema,
  saveDraftSchema,
  versionInputSchema,
} from '@/lib/policies/life-model';
import { promote } from '@/lib/policies/promote';
import { retire } from '@/lib/policies/retire';
import { rollBack } from '@/lib/policies/roll-back';
import { runTests } from '@/lib/policies/run-tests';
import { saveDraft } from '@/lib/policies/save-draft';

export const checkPolicy = operatorAction('policy.manage', checkInputSchema, async ({ ctx, input }) => {
  const file = { name: 'set.yaml', text: input.source };
  const { problems, document, notes } = await checkAgainst(ctx, [file]);
  return { ok: document !== undefined, problems, set: document?.set ?? null, notes };
});
export const testPolicy = operatorAction('policy.manage', runTestsInputSchema, async ({ input }) =>
  runTests({ policies: input.source, tests: input.tests }),
);
export const backtestPolicy = operatorAction('policy.manage', backtestInputSchema, ({ ctx, input }) =>
  requestBacktest(ctx, input),
);
export const savePolicyDraft = operatorAction('policy.manage', saveDraftSchema, ({ ctx, input }) =>
  saveDraft(ctx, input),
);
export const discardPolicyDraft = operatorAction('policy.manage', draftNameSchema, ({ ctx, input }) =>
  discardDraft(ctx, input),
);
/** What binds requests wants a fresh sign-in, or the password again. */
const confirmed = <T extends z.ZodType>(schema: T) =>
  z.strictObject({ input: schema, password: z.string().max(256).optional() });

export const applyPolicy = operatorAction(
  'policy.manage',
  confirmed(applyInputSchema),
  async ({ ctx, input: given }) => {
    if (!given.input.shadow) await confirmOperator(ctx, given.password);
    return apply(ctx, given.input);
  },
);
export const promotePolicy = operatorAction(
  'policy.manage',
  confirmed(versionInputSchema),
  async ({ ctx, input: given }) => {
    await confirmOperator(ctx, given.password);
    return promote(ctx, given.input);
  },
);
export const rollBackPolicy = operatorAction(
  'policy.manage',
  confirmed(versionInputSchema),
  async ({ ctx, input: given }) => {
    await confirmOperator(ctx, given.password);
    return rollBack(ctx, given.input);
  },
);
export const retirePolicy = operatorAction(
  'policy.manage',
  confirmed(retireActionSchema),
  async ({ ctx, input: given }) => {
    await confirmOperator(ctx, given.password);
    return retire(ctx, given.input);
  },
);
export const exemptFromRule = operatorAction(
  'policy.manage',
  confirmed(exemptInputSchema),
  async ({ ctx, input: given }) => {
    await confirmOperator(ctx, given.password);
    return exempt(ctx, given.input);
  },
);
export const endRuleExemption = operatorAction('policy.manage', endExemptionSchema, ({ ctx, input }) =>
  endExemption(ctx, input),
);
