import { renderSchema, snapshotSchema, takenSchema } from '@/lib/coverage/model';
import { render } from '@/lib/coverage/render';
import { take } from '@/lib/coverage/take';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'weeklyReport',
  summary: 'The weekly visibility report of a stored snapshot (the newest unless named) as JSON, CSV or PDF.',
  permission: 'console.read',
  query: renderSchema,
  response: snapshotSchema,
  produces: ['application/json', 'text/csv', 'application/pdf'],
  handle: async ({ ctx, query }) => {
    const report = await render(ctx, query);
    if (query.format === 'json') return report.snapshot;
    const headers = {
      'Content-Type': report.contentType,
      'Content-Disposition': `attachment; filename="${report.filename}"`,
    };
    return new Response(typeof report.body === 'string' ? report.body : new Uint8Array(report.body), { headers });
  },
});

export const POST = route({
  name: 'takeSnapshot',
  summary: 'Takes a snapshot of coverage now.',
  permission: 'report.take',
  response: takenSchema,
  status: 201,
  handle: ({ ctx }) => take(ctx),
});
