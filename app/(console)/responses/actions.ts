'use server';

import { operatorAction } from '@/lib/http/action';
import { agree } from '@/lib/responses/agree';
import { cancel } from '@/lib/responses/cancel';
import { createRule } from '@/lib/responses/create-rule';
import {
  createRuleSchema,
  guardrailsSchema,
  reasonedRefSchema,
  refSchema,
  updateRuleSchema,
} from '@/lib/responses/model';
import { removeRule } from '@/lib/responses/remove-rule';
import { setGuardrails } from '@/lib/responses/set-guardrails';
import { undo } from '@/lib/responses/undo';
import { updateRule } from '@/lib/responses/update-rule';

// Which permission answering takes depends on the kind: the verbs ask for it.
export const agreeToResponse = operatorAction(null, reasonedRefSchema, ({ ctx, input }) => agree(ctx, input));
export const cancelResponse = operatorAction('session.terminate', reasonedRefSchema, ({ ctx, input }) =>
  cancel(ctx, input),
);
export const undoResponse = operatorAction(null, reasonedRefSchema, ({ ctx, input }) => undo(ctx, input));

const needs = 'response.manage';
export const addRule = operatorAction(needs, createRuleSchema, ({ ctx, input }) => createRule(ctx, input));
export const changeRule = operatorAction(needs, updateRuleSchema, ({ ctx, input }) => updateRule(ctx, input));
export const dropRule = operatorAction(needs, refSchema, ({ ctx, input }) => removeRule(ctx, input));
export const changeGuardrails = operatorAction(needs, guardrailsSchema, ({ ctx, input }) => setGuardrails(ctx, input));
