import { z } from 'zod';
import { listVerifications } from '@/lib/decisions/list-verifications';
import { startVerification } from '@/lib/decisions/start-verification';
import { runQuerySchema, verificationRunSchema } from '@/lib/decisions/verify/runs-model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listVerifications',
  summary: 'Runs of the log’s proof, newest first',
  permission: 'console.read',
  query: runQuerySchema,
  response: pageSchema(verificationRunSchema),
  handle: ({ ctx, query }) => listVerifications(ctx, query),
});

export const POST = route({
  name: 'startVerification',
  summary: 'Has the whole log proven. One that runs already is answered instead of a second.',
  permission: 'report.take',
  response: z.strictObject({ id: z.uuid(), started: z.boolean() }),
  status: 202,
  handle: ({ ctx }) => startVerification(ctx),
});
