'use server';

import { operatorAction } from '@/lib/http/action';
import { contain } from '@/lib/playbooks/contain';
import { finish } from '@/lib/playbooks/finish';
import { containSchema, finishSchema, reopenSchema, startSchema, waiveSchema } from '@/lib/playbooks/model';
import { reopen } from '@/lib/playbooks/reopen';
import { start } from '@/lib/playbooks/start';
import { waive } from '@/lib/playbooks/waive';

const needs = 'finding.write';
export const startPlaybook = operatorAction(needs, startSchema, ({ ctx, input }) => start(ctx, input));
export const finishStep = operatorAction(needs, finishSchema, ({ ctx, input }) => finish(ctx, input));
export const waiveStep = operatorAction(needs, waiveSchema, ({ ctx, input }) => waive(ctx, input));
export const reopenStep = operatorAction(needs, reopenSchema, ({ ctx, input }) => reopen(ctx, input));
export const containPlaybook = operatorAction(needs, containSchema, ({ ctx, input }) => contain(ctx, input));
