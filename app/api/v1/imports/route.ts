import { z } from 'zod';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { importListQuerySchema, importRowSchema, startImportSchema, UPLOAD_MOST } from '@/lib/sessions/import-model';
import { listImports } from '@/lib/sessions/list-imports';
import { startImport } from '@/lib/sessions/start-import';

export const GET = route({
  name: 'listImports',
  summary: 'Imports of uploaded logs, newest first',
  permission: 'console.read',
  query: importListQuerySchema,
  response: pageSchema(importRowSchema),
  handle: ({ ctx, query }) => listImports(ctx, query),
});

export const POST = route({
  name: 'startImport',
  summary: 'Upload a log (the body is the file, plain or gzip) and import it as a job',
  permission: 'import.run',
  query: startImportSchema,
  bodyLimit: UPLOAD_MOST,
  fromConsole: true,
  status: 202,
  response: z.strictObject({ importId: z.uuid() }),
  handle: ({ ctx, query, upload }) => startImport(ctx, { ...query, file: upload() }),
});
