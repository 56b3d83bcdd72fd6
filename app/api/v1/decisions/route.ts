import { list } from '@/lib/decisions/list';
import { decisionListQuerySchema, decisionRowSchema } from '@/lib/decisions/rest-model';
import { fileResponse } from '@/lib/exports/file-response';
import { asSchema, PRODUCES } from '@/lib/exports/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listDecisions',
  summary: 'Decisions, newest first, with both verdicts; as ndjson, csv or ocsf all of them in a file.',
  permission: 'console.read',
  query: decisionListQuerySchema.extend({ format: asSchema }),
  response: pageSchema(decisionRowSchema),
  produces: PRODUCES,
  handle: ({ ctx, query: { format, ...query } }) =>
    format === 'json' ? list(ctx, query) : fileResponse(ctx, { what: 'decisions', format, query }),
});
