'use server';

import { operatorAction } from '@/lib/http/action';
import { contain } from '@/lib/playbooks/contain';
import { finish } from '@/lib/playbooks/finish';
import { linkObject } from '@/lib/playbooks/link-object';
import { containSchema, finishSchema, reopenSchema, startSchema, waiveSchema } from '@/lib/playbooks/model';
import { linkSchema, unlinkSchema } from '@/lib/playbooks/objects-model';
import { reopen } from '@/lib/playbooks/reopen';
import { start } from '@/lib/playbooks/start';
import { unlinkObject } from '@/lib/playbooks/unlink-object';
import { waive } from '@/lib/playbooks/waive';

const needs = 'finding.write';
export const startPlaybook = operatorAction(needs, startSchema, ({ ctx, input }) => start(ctx, input));
export const finishStep = operatorAction(needs, finishSchema, ({ ctx, input }) => finish(ctx, input));
export const waiveStep = operatorAction(needs, waiveSchema, ({ ctx, input }) => waive(ctx, input));
export const reopenStep = operatorAction(needs, reopenSchema, ({ ctx, input }) => reopen(ctx, input));
export const linkToPlaybook = operatorAction(needs, linkSchema, ({ ctx, input }) => linkObject(ctx, input));
export const unlinkFromPlaybook = operatorAction(needs, unlinkSchema, ({ ctx, input }) => unlinkObject(ctx, input));
export const containPlaybook = operatorAction(needs, containSchema, ({ ctx, input }) => contain(ctx, input));
