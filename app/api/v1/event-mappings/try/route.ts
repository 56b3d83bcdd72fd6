import { route } from '@/lib/http/route';
import { mappingTrialSchema, tryMappingSchema } from '@/lib/mappings/model';
import { tryOut } from '@/lib/mappings/try-out';

export const POST = route({
  name: 'tryEventMapping',
  summary: 'Try a mapping on a sample: what would be stored of it, and why not the rest; nothing is kept',
  permission: 'console.read',
  body: tryMappingSchema,
  bodyLimit: 2_000_000,
  response: mappingTrialSchema,
  handle: async ({ ctx, body }) => tryOut(ctx, body),
});
