import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { list as listAudit } from '@/lib/audit/list';
import { auditQuerySchema } from '@/lib/audit/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { list as listDecisions } from '@/lib/decisions/list';
import { decisionQuerySchema } from '@/lib/decisions/model';
import { asLines } from '@/lib/exports/as-lines';
import { WRITTEN_AUDIT } from '@/lib/exports/audit-format';
import { WRITTEN_DECISIONS } from '@/lib/exports/decision-format';
import { WRITTEN_EVENTS } from '@/lib/exports/event-format';
import { type Exported, type FileFormat, MEDIA } from '@/lib/exports/model';
import { amongLane } from '@/lib/lanes/among-lane';
import { clock } from '@/lib/platform/clock';
import { allEventsQuerySchema } from '@/lib/sessions/events-model';
import { listAllEvents } from '@/lib/sessions/list-all-events';

/** Rows read at a time. */
const PAGE = 200;

export interface ExportInput {
  what: Exported;
  format: FileFormat;
  /** The filters of the list of that name; where it begins is its `cursor`. */
  query: Record<string, unknown>;
}

/** A lane is sorted once: a file holds one lane from its first line to its last. */
async function linesOf(ctx: Ctx, { what, format, query }: ExportInput): Promise<AsyncGenerator<string>> {
  const page = { ...query, limit: PAGE };
  const first = (query.cursor as string | undefined) ?? undefined;
  if (what === 'events') {
    const asked = allEventsQuerySchema.parse(page);
    const among = await amongLane(ctx, asked);
    return asLines((cursor = first) => listAllEvents(ctx, { ...asked, cursor }, among), format, WRITTEN_EVENTS);
  }
  if (what === 'decisions') {
    const asked = decisionQuerySchema.parse(page);
    const among = await amongLane(ctx, asked);
    return asLines((cursor = first) => listDecisions(ctx, { ...asked, cursor }, among), format, WRITTEN_DECISIONS);
  }
  const asked = auditQuerySchema.parse(page);
  return asLines((cursor = first) => listAudit(ctx, { ...asked, cursor }), format, WRITTEN_AUDIT);
}

/** What was asked for, as it is kept. */
const told = (query: ExportInput['query']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/**
 * Everything a list holds under these filters as a file that is written while it is read: NDJSON, CSV or OCSF 1.x a line. Who
 * took what out stands in the audit. Errors: `access.denied`, `input.invalid`, `not_found` (of a lane), before the first line.
 */
export async function exportFile(
  ctx: Ctx,
  input: ExportInput,
): Promise<{ lines: AsyncIterable<string>; name: string; type: string }> {
  authorise(ctx, 'console.read');
  const { what, format, query } = input;
  const lines = await linesOf(ctx, input);
  // The first page is read before anything is promised: what is wrong with the question is an answer, not a broken file.
  const first = await lines.next();
  await transaction((tx) =>
    record(tx, ctx, {
      action: 'export.run',
      target: { type: 'export', id: what, name: what },
      detail: { format, filters: told(query) },
    }),
  );
  const stamp = clock.now().toISOString().replace(/[-:]/g, '').slice(0, 15);
  return {
    lines: rejoined(first, lines),
    name: `braid-${what}-${stamp}.${format === 'csv' ? 'csv' : 'ndjson'}`,
    type: MEDIA[format],
  };
}

async function* rejoined(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
