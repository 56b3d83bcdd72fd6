import { z } from 'zod';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { list } from '@/lib/decisions/checkpoint/list';
import { checkpointQuerySchema, checkpointRowSchema, signedSchema } from '@/lib/decisions/checkpoint/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listCheckpoints',
  summary: 'Signed checkpoints over all chains of the log, newest first',
  permission: 'console.read',
  query: checkpointQuerySchema,
  response: pageSchema(checkpointRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'takeCheckpoint',
  summary: 'Signs where every chain stands now. Keep what it answers elsewhere and verify against it later.',
  permission: 'report.take',
  response: z.strictObject({ seq: z.string().max(20), signed: signedSchema }),
  status: 201,
  handle: ({ ctx }) => checkpoint(ctx, 'request'),
});
