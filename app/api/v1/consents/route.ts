import { list } from '@/lib/consents/list';
import { consentListQuerySchema, consentRowSchema } from '@/lib/consents/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listConsents',
  summary: 'Apps that were allowed to act for somebody: what they may, and what they used of it',
  permission: 'console.read',
  query: consentListQuerySchema,
  response: pageSchema(consentRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});
