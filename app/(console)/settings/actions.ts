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
  updateOperatorSchema,
} from '@/lib/access/model';
import { revokeToken as endToken } from '@/lib/access/revoke-token';
import { updateOperator as change } from '@/lib/access/update-operator';
import { operatorAction } from '@/lib/http/action';

export const createOperator = operatorAction('operator.manage', createOperatorSchema, addOperator);

export const updateOperator = operatorAction('operator.manage', updateOperatorSchema, change);

export const createToken = operatorAction('token.manage', createTokenSchema, makeToken);

export const revokeToken = operatorAction('token.manage', revokeTokenSchema, endToken);

export const changeOwnPassword = operatorAction(null, changeOwnPasswordSchema, ({ ctx, input }) =>
  changePassword({ ctx, input, keepSessionId: ctx.sessionId }),
);

export const endOperatorSession = operatorAction(null, endOperatorSessionSchema, endSession);
