import { route } from '@/lib/http/route';
import { postureInput, postureSchema } from '@/lib/posture/model';
import { show } from '@/lib/posture/show';

export const GET = route({
  name: 'showPosture',
  summary:
    'Visibility, rotation and lifecycle of an identity, three checks, and how far an abused session could travel.',
  permission: 'console.read',
  params: postureInput,
  response: postureSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
