import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { changeSourceRow, deleteSource, findSource, type StoredSource } from '@/lib/signals/in/store';
import { type ChangeSource, changeSourceSchema, sourceConfigSchema } from '@/lib/signals/model';
import { callAs } from '@/lib/signals/transmitter';

export async function sourceOf(id: string): Promise<StoredSource> {
  const source = await findSource(id);
  if (source) return source;
  throw new BraidError('not_found', 'There is no such source.');
}

/** What its transmitter made of it; null: it was told, or has no such endpoint. */
async function told(work: () => Promise<{ status: number }>): Promise<string | null> {
  try {
    const { status } = await work();
    return status < 300 ? null : `Its transmitter answered ${status} when it was told.`;
  } catch (error) {
    log.info({ err: error }, 'a transmitter could not be told');
    return `Its transmitter could not be told: ${toBraidError(error).publicMessage}`.slice(0, 500);
  }
}

/** What follows from what it says, whose names it uses, and whether it is listened to; its transmitter is told of the last. */
export async function changeSource(ctx: Ctx, input: ChangeSource): Promise<void> {
  authorise(ctx, 'signal.manage');
  const { id, acts, namespace, state } = changeSourceSchema.parse(input);
  const source = await sourceOf(id);
  const { status_endpoint: url } = source.metadata as { status_endpoint?: string };
  const body = { stream_id: source.streamId, status: state };
  const changed = state !== undefined && state !== source.state;
  const why = changed && url ? await told(() => callAs(source, { method: 'POST', url, body })) : null;
  await transaction(async (tx) => {
    await changeSourceRow(tx, id, {
      ...(acts ? { config: { ...sourceConfigSchema.parse(source.config), acts } } : {}),
      ...(namespace ? { namespace } : {}),
      ...(changed ? { state, stateReason: why, pollDueAt: clock.now() } : {}),
    });
    const detail = { ...(acts ? { acts } : {}), ...(namespace ? { namespace } : {}), ...(state ? { state } : {}) };
    await record(tx, ctx, {
      action: 'signal_source.update',
      target: { type: 'signal_source', id, name: source.name },
      detail,
    });
    await hint(tx, 'signal', [id]);
  });
}

/** Stops listening: its stream is deleted at its transmitter where that can be reached, and what was received is forgotten. */
export async function removeSource(ctx: Ctx, input: { id: string }): Promise<void> {
  authorise(ctx, 'signal.manage');
  const source = await sourceOf(input.id);
  const { configuration_endpoint: at } = source.metadata as { configuration_endpoint?: string };
  const query = `?stream_id=${encodeURIComponent(source.streamId ?? '')}`;
  const why = at ? await told(() => callAs(source, { method: 'DELETE', url: `${at}${query}` })) : null;
  await transaction(async (tx) => {
    await deleteSource(tx, source.id);
    await record(tx, ctx, {
      action: 'signal_source.remove',
      target: { type: 'signal_source', id: source.id, name: source.name },
      ...(why ? { detail: { left: why } } : {}),
    });
    await hint(tx, 'signal', [source.id]);
  });
}
