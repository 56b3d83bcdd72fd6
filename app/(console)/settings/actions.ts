'use server';

import { changeOwnPassword as changePassword } from '@/lib/access/change-own-password';
import { createOperator as addOperator } from '@/lib/access/create-operator';
import { createToken as makeToken } from '@/lib/access/create-token';
import { endOperatorSession as endSession } from '@/lib/access/end-operator-session';
import {
  changeOwnPasswordSchema,
  createOperatorSchema,
  createTokenSchema,
  endOperatorSessionSchema,
  revokeTokenSchema,
  setPointSchema,
  updateOperatorSchema,
} from '@/lib/access/model';
import { revokeToken as endToken } from '@/lib/access/revoke-token';
import { setPoint } from '@/lib/access/set-point';
import { updateOperator as change } from '@/lib/access/update-operator';
import { operatorAction } from '@/lib/http/action';

export const createOperator = operatorAction('operator.manage', createOperatorSchema, ({ ctx, input }) =>
  addOperator(ctx, input),
);

export const updateOperator = operatorAction('operator.manage', updateOperatorSchema, ({ ctx, input }) =>
  change(ctx, input),
);

export const createToken = operatorAction('token.manage', createTokenSchema, ({ ctx, input }) => makeToken(ctx, input));

export const revokeToken = operatorAction('token.manage', revokeTokenSchema, ({ ctx, input }) => endToken(ctx, input));

export const setEnforcementPoint = operatorAction('token.manage', setPointSchema, ({ ctx, input }) =>
  setPoint(ctx, input),
);

export const changeOwnPassword = operatorAction(null, changeOwnPasswordSchema, ({ ctx, input }) =>
  changePassword(ctx, input, ctx.sessionId),
);

export const endOperatorSession = operatorAction(null, endOperatorSessionSchema, ({ ctx, input }) =>
  endSession(ctx, input),
);
