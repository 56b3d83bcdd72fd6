import { renderSchema, reportSchema, takenSchema } from '@/lib/coverage/model';
import { render } from '@/lib/coverage/render';
import { take } from '@/lib/coverage/take';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'weeklyReport',
  summary: 'The weekly visibility report of a stored snapshot (the newest unless named) as JSON, CSV or PDF.',
  permission: 'console.read',
  query: renderSchema,
  response: reportSchema,
  produces: ['application/json', 'text/csv', 'application/pdf'],
  handle: async ({ ctx, query }) => {
    const rendered = await render(ctx, query);
    if (query.format === 'json') return rendered.report;
    const headers = {
      'Content-Type': rendered.contentType,
      'Content-Disposition': `attachment; filename="${rendered.filename}"`,
    };
    return new Response(typeof rendered.body === 'string' ? rendered.body : new Uint8Array(rendered.body), { headers });
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
