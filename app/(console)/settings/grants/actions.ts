'use server';

import { answer } from '@/lib/access/grants/answer';
import { ask } from '@/lib/access/grants/ask';
import { end } from '@/lib/access/grants/end';
import { answerGrantSchema, askGrantSchema, endGrantSchema } from '@/lib/access/grants/model';
import { operatorAction } from '@/lib/http/action';

export const askGrant = operatorAction('console.read', askGrantSchema, ({ ctx, input }) => ask(ctx, input));
export const answerGrant = operatorAction('operator.manage', answerGrantSchema, ({ ctx, input }) => answer(ctx, input));
export const endGrant = operatorAction('console.read', endGrantSchema, ({ ctx, input }) => end(ctx, input));
