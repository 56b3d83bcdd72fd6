import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { listSentSchema, type SentRow } from '@/lib/signals/model';
import { pageOf } from '@/lib/signals/outbox/store';
import { subjectSchema, subjectText } from '@/lib/signals/subject-model';

const errorOf = (error: unknown): string | null => {
  const said = error as { err?: string; description?: string } | null;
  return said?.err ? [said.err, said.description].filter(Boolean).join(': ').slice(0, 1000) : null;
};

/** What went out, newest first, with what its receiver made of it. */
export async function listSent(ctx: Ctx, query: z.input<typeof listSentSchema>): Promise<Page<SentRow>> {
  authorise(ctx, 'console.read');
  const { cursor, limit, streamId, state, txn } = listSentSchema.parse(query);
  const filter = { ...(streamId ? { streamId } : {}), ...(state ? { state } : {}), ...(txn ? { txn } : {}) };
  const found = await pageOf(filter, cursor ?? null, limit + 1);
  const rows = found.slice(0, limit);
  const items = rows.map(
    (row): SentRow => ({
      id: row.id,
      streamId: row.streamId,
      receiverName: row.stream.receiver.name,
      event: row.event,
      subject: subjectText(subjectSchema.parse((row.claims as { sub_id: unknown }).sub_id)),
      txn: row.txn,
      state: row.state as SentRow['state'],
      attempts: row.attempts,
      error: errorOf(row.error),
      createdAt: row.createdAt.toISOString(),
      deliveredAt: row.deliveredAt?.toISOString() ?? null,
    }),
  );
  return { items, nextCursor: found.length > limit ? rows.at(-1)!.id : null };
}
