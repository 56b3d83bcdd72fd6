'use server';

import { approve } from '@/lib/approvals/approve';
import { deny } from '@/lib/approvals/deny';
import { answerSchema, approveSchema } from '@/lib/approvals/model';
import { withdraw } from '@/lib/approvals/withdraw';
import { operatorAction } from '@/lib/http/action';

export const approveRequest = operatorAction('approval.answer', approveSchema, ({ ctx, input }) => approve(ctx, input));
export const denyRequest = operatorAction('approval.answer', answerSchema, ({ ctx, input }) => deny(ctx, input));
export const withdrawApproval = operatorAction('approval.answer', answerSchema, ({ ctx, input }) =>
  withdraw(ctx, input),
);
