'use server';

import { z } from 'zod';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { startVerification } from '@/lib/decisions/start-verification';
import { operatorAction } from '@/lib/http/action';

const nothing = z.strictObject({});

export const proveLog = operatorAction('report.take', nothing, ({ ctx }) => startVerification(ctx));
export const signLog = operatorAction('report.take', nothing, ({ ctx }) => checkpoint(ctx, 'request'));
