import { testInputSchema } from '@/lib/connectors/model';
import { testedSchema } from '@/lib/connectors/rest-model';
import { test } from '@/lib/connectors/test';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'testConnector',
  summary: 'Connects and says what is missing, with what grants it; stores nothing',
  permission: 'connector.manage',
  body: testInputSchema,
  response: testedSchema,
  handle: ({ ctx, body }) => test(ctx, body),
});
