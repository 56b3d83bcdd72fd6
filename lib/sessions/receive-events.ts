import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { formatOf, formats } from '@/lib/connectors/formats';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { GENERIC, keptFormat } from '@/lib/sessions/find-kept';
import { appendBatch } from '@/lib/sessions/inbox/store';
import { receiveSchema } from '@/lib/sessions/inbox-model';

/** Nothing but blanks, as far as it is looked at: a batch that is longer says in its result what was read of it. */
const isBlank = (body: Buffer): boolean => body.length < 1_000 && body.toString('latin1').trim() === '';

/** What the batch is to be read as. */
async function formatAsked(input: {
  format?: string;
  mapping?: string;
}): Promise<{ format: string; mapping?: string }> {
  const { format, mapping } = receiveSchema.parse({
    format: input.format ?? (input.mapping ? GENERIC : undefined),
    mapping: input.mapping,
  });
  const kept = await keptFormat(format, mapping);
  if (kept) return { format, mapping: kept };
  if (format === 'auto') return { format };
  const known = formatOf(format);
  if (known) return { format: known.name };
  const names = [...formats().map((each) => each.name), 'generic with mapping=<name>'];
  throw new BraidError('import.unreadable', `There is no log format ${format}. Known: ${names.join(', ')}.`);
}

/**
 * Takes a batch of raw events into the inbox, as it came; a worker ingests it. `format` is told by the batch itself where it is
 * `auto`; a `generic` one names the mapping it is read by, in the version that is current now. Throws `import.unreadable` for a
 * format or mapping that does not exist, `event.inbox_full` (429) when no more is taken.
 */
export async function receiveEvents(
  ctx: Ctx,
  input: { format?: string; mapping?: string; body: Buffer },
): Promise<{ batchId: string }> {
  authorise(ctx, 'event.ingest');
  const asked = await formatAsked(input);
  if (isBlank(input.body))
    throw new BraidError(
      'input.invalid',
      'The body is empty: send the events in it, one a line or as the source writes them.',
    );
  const batchId = newId();
  const { actor } = ctx;
  const taken = await appendBatch({
    id: batchId,
    tokenId: actor.kind === 'token' ? actor.id : null,
    actorName: actor.name.slice(0, 300),
    format: asked.format,
    mapping: asked.mapping ?? null,
    body: input.body,
  });
  if (!taken) throw new BraidError('event.inbox_full', 'The inbox is full at the moment: send this batch again later.');
  return { batchId };
}
