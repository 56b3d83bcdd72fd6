import { fileResponse } from '@/lib/exports/file-response';
import { asSchema, PRODUCES } from '@/lib/exports/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { allEventsQuerySchema, storedEventSchema } from '@/lib/sessions/events-model';
import { listAllEvents } from '@/lib/sessions/list-all-events';

export const GET = route({
  name: 'listEvents',
  summary: 'Events of all sessions, identity by identity, earliest first; as ndjson, csv or ocsf all of them in a file',
  permission: 'console.read',
  query: allEventsQuerySchema.extend({ format: asSchema }),
  response: pageSchema(storedEventSchema),
  produces: PRODUCES,
  handle: ({ ctx, query: { format, ...query } }) =>
    format === 'json' ? listAllEvents(ctx, query) : fileResponse(ctx, { what: 'events', format, query }),
});
