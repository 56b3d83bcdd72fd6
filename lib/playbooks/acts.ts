import { countActs, pageOfActs, type Whose } from '@/lib/playbooks/acts/store';
import type { ActsPage } from '@/lib/playbooks/acts-model';
import { decodeCursor, encodeCursor } from '@/lib/sessions/page-cursor-format';

/** What was done in the sessions of an incident and in those that act under their authority, the latest first. */
export async function acts(
  whose: Whose,
  window: { from: Date; to: Date },
  page: { cursor?: string; limit: number },
): Promise<ActsPage> {
  const after = page.cursor ? decodeCursor(page.cursor) : null;
  const [found, totals] = await Promise.all([
    pageOfActs(whose, window, after, page.limit + 1),
    countActs(whose, window),
  ]);
  const shown = found.slice(0, page.limit);
  const last = found.length > page.limit ? shown.at(-1) : undefined;
  return {
    items: shown.map((row) => ({
      action: row.action.slice(0, 512),
      tool: row.tool?.slice(0, 200) ?? null,
      resource: row.resource?.slice(0, 1000) ?? null,
      sessionId: row.session_id,
      sessionLabel: row.label?.slice(0, 300) ?? null,
      identityId: row.identity_id,
      identityName: row.name,
      heir: row.heir,
      outcome: row.outcome,
      from: row.from,
      count: row.count,
      firstAt: row.first.toISOString(),
      lastAt: row.last.toISOString(),
      latestId: row.latest,
    })),
    nextCursor: last ? encodeCursor({ at: last.last_text, id: last.latest }) : null,
    totals,
  };
}
