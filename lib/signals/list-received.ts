import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { reasonOf } from '@/lib/signals/event-model';
import { identityNames, pageOfIn } from '@/lib/signals/in/store';
import { type InState, listReceivedSchema, type ReceivedRow } from '@/lib/signals/model';
import { subjectSchema, subjectText } from '@/lib/signals/subject-model';

const textOf = (subject: unknown): string | null => {
  const read = subjectSchema.safeParse(subject);
  return read.success ? subjectText(read.data) : null;
};

const whyOf = (claims: unknown, event: string | null): string | null => {
  const payload = (claims as { events?: Record<string, Record<string, unknown>> } | null)?.events?.[event ?? ''];
  return payload ? reasonOf(payload) : null;
};

/** What came in, newest first, with what it did or why nothing. */
export async function listReceived(ctx: Ctx, query: z.input<typeof listReceivedSchema>): Promise<Page<ReceivedRow>> {
  authorise(ctx, 'console.read');
  const { cursor, limit, id, sourceId, state } = listReceivedSchema.parse(query);
  const filter = { ...(sourceId ? { sourceId } : {}), ...(state ? { state } : {}) };
  const found = await pageOfIn({ ...filter, ...(id ? { only: id } : {}) }, cursor ?? null, limit + 1);
  const rows = found.slice(0, limit);
  const names = new Map((await identityNames(rows.flatMap((row) => row.identityIds))).map((one) => [one.id, one.name]));
  const items = rows.map(
    (row): ReceivedRow => ({
      id: row.id,
      sourceId: row.sourceId,
      sourceName: row.source.name,
      event: row.event?.slice(0, 300) ?? null,
      subject: textOf(row.subject),
      txn: row.txn,
      jti: row.jti,
      state: row.state as InState,
      outcome: row.outcome.slice(0, 2000),
      err: row.err,
      reason: whyOf(row.claims, row.event),
      identities: row.identityIds.slice(0, 50).map((id) => ({ id, name: (names.get(id) ?? 'gone').slice(0, 512) })),
      revocationIds: row.revocationIds.slice(0, 200),
      receivedAt: row.receivedAt.toISOString(),
      doneAt: row.doneAt?.toISOString() ?? null,
    }),
  );
  return { items, nextCursor: found.length > limit ? rows.at(-1)!.id : null };
}
