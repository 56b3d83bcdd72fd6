'use server';

import { z } from 'zod';
import { take } from '@/lib/coverage/take';
import { operatorAction } from '@/lib/http/action';

export const takeSnapshot = operatorAction('report.take', z.strictObject({}), ({ ctx }) => take(ctx));
