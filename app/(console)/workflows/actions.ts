'use server';

import { operatorAction } from '@/lib/http/action';
import { addIdentities } from '@/lib/workflows/add-identities';
import { create } from '@/lib/workflows/create';
import {
  addIdentitiesSchema,
  createWorkflowSchema,
  removeWorkflowSchema,
  renameWorkflowSchema,
  takeIdentitiesSchema,
} from '@/lib/workflows/model';
import { remove } from '@/lib/workflows/remove';
import { rename } from '@/lib/workflows/rename';
import { takeIdentities } from '@/lib/workflows/take-identities';

const needs = 'identity.annotate';
export const createWorkflow = operatorAction(needs, createWorkflowSchema, ({ ctx, input }) => create(ctx, input));
export const renameWorkflow = operatorAction(needs, renameWorkflowSchema, ({ ctx, input }) => rename(ctx, input));
export const removeWorkflow = operatorAction(needs, removeWorkflowSchema, ({ ctx, input }) => remove(ctx, input));
export const addToWorkflow = operatorAction(needs, addIdentitiesSchema, ({ ctx, input }) => addIdentities(ctx, input));
export const takeFromWorkflow = operatorAction(needs, takeIdentitiesSchema, ({ ctx, input }) =>
  takeIdentities(ctx, input),
);
