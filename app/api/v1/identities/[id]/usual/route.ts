import { usualInput, usualSchema } from '@/lib/findings/envelope-model';
import { showUsual } from '@/lib/findings/show-usual';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showUsual',
  summary: 'What an identity usually does, as far as it is learned.',
  permission: 'console.read',
  params: usualInput,
  response: usualSchema,
  handle: ({ ctx, params }) => showUsual(ctx, params),
});
