'use server';

import { operatorAction } from '@/lib/http/action';
import { setAbandonRuleSchema } from '@/lib/sessions/abandoned-model';
import { setAbandoned } from '@/lib/sessions/set-abandoned';

export const setAbandonRule = operatorAction('policy.manage', setAbandonRuleSchema, ({ ctx, input }) =>
  setAbandoned(ctx, input),
);
