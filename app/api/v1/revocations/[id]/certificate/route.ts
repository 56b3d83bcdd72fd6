import { z } from 'zod';
import { route } from '@/lib/http/route';
import { certificate } from '@/lib/revocations/certificate';
import { refSchema } from '@/lib/revocations/model';

export const GET = route({
  name: 'getRevocationCertificate',
  summary: 'The signed certificate of a revocation as it stands now; verifies without Braid',
  permission: 'console.read',
  params: refSchema,
  response: z.string().max(0),
  produces: ['application/json'],
  handle: async ({ ctx, params }) => {
    const { name, text } = await certificate(ctx, params);
    return new Response(text, {
      headers: { 'Content-Type': 'application/json', 'Content-Disposition': `attachment; filename="${name}"` },
    });
  },
});
