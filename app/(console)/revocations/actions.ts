'use server';

import { operatorAction } from '@/lib/http/action';
import { previewInputSchema, refSchema, requestInputSchema } from '@/lib/revocations/model';
import { preview } from '@/lib/revocations/preview';
import { request } from '@/lib/revocations/request';
import { retry } from '@/lib/revocations/retry';

export const previewRevocation = operatorAction('console.read', previewInputSchema, ({ ctx, input }) =>
  preview(ctx, input),
);
// Which permission it takes depends on the kind: the verb asks for it first.
export const requestRevocation = operatorAction(null, requestInputSchema, ({ ctx, input }) => request(ctx, input));
export const retryRevocation = operatorAction(null, refSchema, ({ ctx, input }) => retry(ctx, input));
