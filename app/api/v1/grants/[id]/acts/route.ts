import { z } from 'zod';
import { listActs } from '@/lib/access/grants/list-acts';
import { actsQuerySchema } from '@/lib/access/grants/model';
import { auditRowSchema } from '@/lib/audit/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listGrantActs',
  summary: 'Every audited act done under a role for a time, oldest first',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  query: actsQuerySchema.omit({ id: true }),
  response: pageSchema(auditRowSchema),
  handle: ({ ctx, params, query }) => listActs(ctx, { ...query, ...params }),
});
