import { drillPreviewSchema, startSchema } from '@/lib/drills/model';
import { preview } from '@/lib/drills/preview';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'previewDrill',
  summary: 'What a drill of a system would end, or why it can’t be held',
  permission: 'console.read',
  query: startSchema,
  response: drillPreviewSchema,
  handle: ({ ctx, query }) => preview(ctx, query),
});
