'use server';

import { operatorAction } from '@/lib/http/action';
import { counterfactual } from '@/lib/replay/counterfactual';
import { replayInputSchema } from '@/lib/replay/counterfactual-model';
import { endMany } from '@/lib/replay/end-many';
import { endSessions } from '@/lib/replay/end-sessions';
import { bulkInputSchema } from '@/lib/revocations/bulk-model';
import { requestInputSchema } from '@/lib/revocations/model';

export const whatIf = operatorAction('console.read', replayInputSchema, ({ ctx, input }) => counterfactual(ctx, input));
/** Ends sessions and releases what they hold. */
export const endAndGiveBack = operatorAction('session.terminate', requestInputSchema, ({ ctx, input }) =>
  endSessions(ctx, input),
);
export const endManyAndGiveBack = operatorAction('session.terminate', bulkInputSchema, ({ ctx, input }) =>
  endMany(ctx, input),
);
