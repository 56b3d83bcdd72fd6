'use server';

import { operatorAction } from '@/lib/http/action';
import { propose } from '@/lib/responses/propose';
import { bulk } from '@/lib/revocations/bulk';
import { bulkInputSchema } from '@/lib/revocations/bulk-model';
import { previewInputSchema, refSchema, requestInputSchema } from '@/lib/revocations/model';
import { preview } from '@/lib/revocations/preview';
import { previewBulk } from '@/lib/revocations/preview-bulk';
import { request } from '@/lib/revocations/request';
import { retry } from '@/lib/revocations/retry';
import { takeSecretSchema } from '@/lib/revocations/rotated/model';
import { setTarget } from '@/lib/revocations/set-target';
import { takeSecret } from '@/lib/revocations/take-secret';
import { setTargetSchema } from '@/lib/revocations/times/model';

export const previewRevocation = operatorAction('console.read', previewInputSchema, ({ ctx, input }) =>
  preview(ctx, input),
);
// Which permission it takes depends on the kind: the verb asks for it first.
export const requestRevocation = operatorAction(null, requestInputSchema, ({ ctx, input }) => request(ctx, input));
export const retryRevocation = operatorAction(null, refSchema, ({ ctx, input }) => retry(ctx, input));
export const takeRotatedSecret = operatorAction('secret.take', takeSecretSchema, ({ ctx, input }) =>
  takeSecret(ctx, input),
);
export const bulkRevocation = operatorAction(null, bulkInputSchema, ({ ctx, input }) => bulk(ctx, input));
export const previewBulkRevocation = operatorAction('console.read', bulkInputSchema, ({ ctx, input }) =>
  previewBulk(ctx, input),
);
export const proposeRevocation = operatorAction(null, bulkInputSchema, ({ ctx, input }) => propose(ctx, input));
export const setRevocationTarget = operatorAction('response.manage', setTargetSchema, ({ ctx, input }) =>
  setTarget(ctx, input),
);
