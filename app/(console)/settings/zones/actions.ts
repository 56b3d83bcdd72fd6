'use server';

import { operatorAction } from '@/lib/http/action';
import { create } from '@/lib/zones/create';
import { createZoneSchema, removeZoneSchema, updateZoneSchema } from '@/lib/zones/model';
import { remove } from '@/lib/zones/remove';
import { update } from '@/lib/zones/update';

export const createZone = operatorAction('policy.manage', createZoneSchema, ({ ctx, input }) => create(ctx, input));

export const updateZone = operatorAction('policy.manage', updateZoneSchema, ({ ctx, input }) => update(ctx, input));

export const removeZone = operatorAction('policy.manage', removeZoneSchema, ({ ctx, input }) => remove(ctx, input));
