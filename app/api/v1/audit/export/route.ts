import { z } from 'zod';
import { downloadEvidence } from '@/lib/decisions/download-evidence';
import { exportQuerySchema } from '@/lib/decisions/evidence/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'exportEvidence',
  summary: 'An evidence bundle (ZIP or tar.gz) that verifies without Braid: node verify.mjs',
  permission: 'console.read',
  query: exportQuerySchema,
  response: z.string().max(0),
  produces: ['application/zip', 'application/gzip'],
  handle: async ({ ctx, query }) => {
    const { stream, name, type } = await downloadEvidence(ctx, query);
    return new Response(stream, {
      headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` },
    });
  },
});
