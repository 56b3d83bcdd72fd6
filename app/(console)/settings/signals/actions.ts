'use server';

import { operatorAction } from '@/lib/http/action';
import { addReceiver as register } from '@/lib/signals/add-receiver';
import { addSource as listen } from '@/lib/signals/add-source';
import { verifyStream as verifyOut } from '@/lib/signals/ask-verification';
import { removeReceiver as forget, changeReceiver as letIn } from '@/lib/signals/change-receiver';
import { changeSource as change, removeSource as stop } from '@/lib/signals/change-source';
import { rotateKey as rotate } from '@/lib/signals/keys';
import {
  addReceiverSchema,
  addSourceSchema,
  changeReceiverSchema,
  changeSourceSchema,
  refSchema,
  rotateSchema,
  statusInputSchema,
} from '@/lib/signals/model';
import { setStatus as set } from '@/lib/signals/set-status';
import { verifySource as verifyIn } from '@/lib/signals/verify-source';

const needs = 'signal.manage';

export const addReceiver = operatorAction(needs, addReceiverSchema, ({ ctx, input }) => register(ctx, input));
export const changeReceiver = operatorAction(needs, changeReceiverSchema, ({ ctx, input }) => letIn(ctx, input));
export const removeReceiver = operatorAction(needs, refSchema, ({ ctx, input }) => forget(ctx, input));
export const setStatus = operatorAction(needs, statusInputSchema, ({ ctx, input }) => set(ctx, input));
export const verifyStream = operatorAction(needs, refSchema, ({ ctx, input }) => verifyOut(ctx, input));
export const addSource = operatorAction(needs, addSourceSchema, ({ ctx, input }) => listen(ctx, input));
export const changeSource = operatorAction(needs, changeSourceSchema, ({ ctx, input }) => change(ctx, input));
export const removeSource = operatorAction(needs, refSchema, ({ ctx, input }) => stop(ctx, input));
export const verifySource = operatorAction(needs, refSchema, ({ ctx, input }) => verifyIn(ctx, input));
export const rotateKey = operatorAction(needs, rotateSchema, ({ ctx, input }) => rotate(ctx, input));
