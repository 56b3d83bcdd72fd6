import { list } from '@/lib/audit/list';
import { auditQuerySchema, auditRowSchema } from '@/lib/audit/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listAudit',
  summary: 'The audit log, newest first',
  permission: 'console.read',
  query: auditQuerySchema,
  response: pageSchema(auditRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});
