import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { blindReport } from '@/lib/allotments/blind-report';
import { type Report, renderSchema } from '@/lib/coverage/model';
import { reportCsv } from '@/lib/coverage/report-csv';
import { reportPdf } from '@/lib/coverage/report-pdf';
import { show } from '@/lib/coverage/show';
import { BraidError } from '@/lib/platform/errors';

export interface Rendered {
  contentType: string;
  filename: string;
  body: string | Buffer;
  report: Report;
}

/** The weekly report of a stored snapshot, the newest unless named, as JSON, CSV or PDF. Errors: `not_found` when there is none. */
export async function render(ctx: Ctx, input: z.input<typeof renderSchema> = {}): Promise<Rendered> {
  const { format, snapshot: id } = renderSchema.parse(input);
  const snapshot = await show(ctx, { id });
  if (!snapshot) throw new BraidError('not_found', 'No snapshot was taken yet: take one first.');
  // Of the seven days before the snapshot, as its page shows it.
  const blind = await blindReport(ctx, { to: snapshot.takenAt });
  const report = { ...snapshot, blind };
  const filename = `braid-visibility-${snapshot.weekOf}-${snapshot.id.slice(-6)}.${format}`;
  if (format === 'csv')
    return { contentType: 'text/csv; charset=utf-8', filename, body: reportCsv(snapshot, blind), report };
  if (format === 'pdf')
    return { contentType: 'application/pdf', filename, body: await reportPdf(snapshot, blind), report };
  return { contentType: 'application/json', filename, body: JSON.stringify(report), report };
}
