import { list } from '@/lib/audit/list';
import { auditQuerySchema, auditRowSchema } from '@/lib/audit/model';
import { fileResponse } from '@/lib/exports/file-response';
import { asSchema, PRODUCES } from '@/lib/exports/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listAudit',
  summary: 'The audit log, newest first; as ndjson, csv or ocsf all of it in a file',
  permission: 'console.read',
  query: auditQuerySchema.extend({ format: asSchema }),
  response: pageSchema(auditRowSchema),
  produces: PRODUCES,
  handle: ({ ctx, query: { format, ...query } }) =>
    format === 'json' ? list(ctx, query) : fileResponse(ctx, { what: 'audit', format, query }),
});
