'use server';

import { create } from '@/lib/connectors/create';
import {
  createInputSchema,
  refSchema,
  removeInputSchema,
  testInputSchema,
  updateInputSchema,
} from '@/lib/connectors/model';
import { remove } from '@/lib/connectors/remove';
import { show } from '@/lib/connectors/show';
import { sync } from '@/lib/connectors/sync';
import { test } from '@/lib/connectors/test';
import { update } from '@/lib/connectors/update';
import { scheduleSchema, startSchema } from '@/lib/drills/model';
import { setSchedule } from '@/lib/drills/set-schedule';
import { start } from '@/lib/drills/start';
import { operatorAction } from '@/lib/http/action';

export const createConnector = operatorAction('connector.manage', createInputSchema, ({ ctx, input }) =>
  create(ctx, input),
);
export const updateConnector = operatorAction('connector.manage', updateInputSchema, ({ ctx, input }) =>
  update(ctx, input),
);
export const removeConnector = operatorAction('connector.manage', removeInputSchema, ({ ctx, input }) =>
  remove(ctx, input),
);
export const testConnector = operatorAction('connector.manage', testInputSchema, ({ ctx, input }) => test(ctx, input));
export const syncConnector = operatorAction('connector.manage', refSchema, ({ ctx, input }) => sync(ctx, input));
export const showConnector = operatorAction('connector.manage', refSchema, ({ ctx, input }) => show(ctx, input));
export const startDrill = operatorAction('identity.revoke', startSchema, ({ ctx, input }) => start(ctx, input));
export const scheduleDrills = operatorAction('connector.manage', scheduleSchema, ({ ctx, input }) =>
  setSchedule(ctx, input),
);
