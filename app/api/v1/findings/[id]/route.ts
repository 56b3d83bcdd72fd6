import { findingDetailSchema, idInput } from '@/lib/findings/model';
import { show } from '@/lib/findings/show';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showFinding',
  summary: 'One finding with its evidence opened.',
  permission: 'console.read',
  params: idInput,
  response: findingDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
