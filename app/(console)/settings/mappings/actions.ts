'use server';

import { operatorAction } from '@/lib/http/action';
import { retireMappingSchema, saveMappingSchema, tryMappingSchema } from '@/lib/mappings/model';
import { retire } from '@/lib/mappings/retire';
import { save } from '@/lib/mappings/save';
import { tryOut } from '@/lib/mappings/try-out';

export const saveMapping = operatorAction('connector.manage', saveMappingSchema, ({ ctx, input }) => save(ctx, input));

export const retireMapping = operatorAction('connector.manage', retireMappingSchema, ({ ctx, input }) =>
  retire(ctx, input),
);

export const tryMapping = operatorAction('console.read', tryMappingSchema, async ({ ctx, input }) =>
  tryOut(ctx, input),
);
