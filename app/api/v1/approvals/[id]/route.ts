import { z } from 'zod';
import { requestDetailSchema } from '@/lib/approvals/model';
import { show } from '@/lib/approvals/show';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showApproval',
  summary: 'One request for approval, what it would do to exposures now, and the live sessions of who asks.',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  response: requestDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
