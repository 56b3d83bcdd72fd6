import { z } from 'zod';
import { route } from '@/lib/http/route';
import { foreseeCounts } from '@/lib/policies/foresee-counts';
import { draftNameSchema } from '@/lib/policies/life-model';
import { countNotesSchema } from '@/lib/policies/rest-model';

export const GET = route({
  name: 'foreseeCounts',
  summary:
    'What would become of present counts, were this version active: which meters begin anew, and what they hold.',
  permission: 'console.read',
  params: draftNameSchema,
  query: z.strictObject({ version: z.coerce.number().int().min(1) }),
  response: z.strictObject({ notes: countNotesSchema }),
  handle: ({ ctx, params, query }) => foreseeCounts(ctx, { ...params, ...query }),
});
