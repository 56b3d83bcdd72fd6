import { z } from 'zod';
import { route } from '@/lib/http/route';
import { importRowSchema } from '@/lib/sessions/import-model';
import { showImport } from '@/lib/sessions/show-import';

export const GET = route({
  name: 'showImport',
  summary: 'One import with its progress or result',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  response: importRowSchema,
  handle: ({ ctx, params }) => showImport(ctx, params),
});
