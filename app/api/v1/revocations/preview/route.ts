import { route } from '@/lib/http/route';
import { previewQuerySchema } from '@/lib/revocations/model';
import { preview } from '@/lib/revocations/preview';
import { blastRadiusSchema } from '@/lib/revocations/rest-model';

export const GET = route({
  name: 'previewRevocation',
  summary: 'What ending, pausing or restoring access would hit; changes nothing',
  permission: 'console.read',
  query: previewQuerySchema,
  response: blastRadiusSchema,
  handle: ({ ctx, query }) => preview(ctx, query),
});
