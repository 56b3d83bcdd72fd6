import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { formatOf, formats } from '@/lib/connectors/formats';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { appendBatch } from '@/lib/sessions/inbox/store';
import { receiveSchema } from '@/lib/sessions/inbox-model';

/**
 * Takes a batch of raw events into the inbox, as it came; a worker ingests it. `format` is told by the batch itself where it is
 * `auto`. Throws `import.unreadable` for a format that does not exist, `event.inbox_full` (429) when no more is taken.
 */
export async function receiveEvents(ctx: Ctx, input: { format?: string; body: Buffer }): Promise<{ batchId: string }> {
  authorise(ctx, 'event.ingest');
  const { format } = receiveSchema.parse({ format: input.format });
  const known = format === 'auto' ? undefined : formatOf(format);
  if (format !== 'auto' && !known) {
    const names = formats().map((each) => each.name);
    throw new BraidError('import.unreadable', `There is no log format ${format}. Known: ${names.join(', ')}.`);
  }
  if (input.body.length === 0) throw new BraidError('input.invalid', 'The body holds no events.');
  const batchId = newId();
  const { actor } = ctx;
  const taken = await appendBatch({
    id: batchId,
    tokenId: actor.kind === 'token' ? actor.id : null,
    actorName: actor.name.slice(0, 300),
    format: known?.name ?? 'auto',
    body: input.body,
  });
  if (!taken) throw new BraidError('event.inbox_full', 'The inbox is full at the moment: send this batch again later.');
  return { batchId };
}
