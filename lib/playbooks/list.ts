import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type ListPlaybooks, listPlaybooksSchema, type PlaybookRow, type StepRow } from '@/lib/playbooks/model';
import { namesOf, pageOf, readFindings, type Stored } from '@/lib/playbooks/store';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toRow = (stored: Stored, identityName: string, findingTitle: string | null): PlaybookRow => ({
  id: stored.id,
  identityId: stored.identityId,
  identityName,
  findingId: stored.findingId,
  findingTitle,
  state: stored.state as PlaybookRow['state'],
  since: stored.since.toISOString(),
  startedAt: stored.startedAt.toISOString(),
  startedBy: stored.startedBy,
  containedAt: iso(stored.containedAt),
  containedBy: stored.containedBy,
  summary: stored.summary,
  steps: stored.steps.map((step) => ({
    kind: step.kind as StepRow['kind'],
    state: step.state as StepRow['state'],
    evidence: step.evidence as StepRow['evidence'],
    reason: step.reason,
    at: iso(step.at),
    by: step.by,
  })),
});

/** Playbooks, newest first. */
export async function list(
  ctx: Ctx,
  input: ListPlaybooks = {},
): Promise<{ items: PlaybookRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { cursor, limit, ...filter } = listPlaybooksSchema.parse(input);
  const rows = await pageOf({ ...filter, ...(cursor ? { id: { lt: cursor } } : {}) }, limit + 1);
  const page = rows.slice(0, limit);
  const names = new Map((await namesOf(page.map((row) => row.identityId))).map((one) => [one.id, one.name]));
  const findings = await readFindings(page.flatMap((row) => row.findingId ?? []));
  return {
    items: page.map((row) =>
      toRow(
        row,
        names.get(row.identityId) ?? 'an identity',
        findings.find((one) => one.id === row.findingId)?.title ?? null,
      ),
    ),
    nextCursor: rows.length > limit ? page.at(-1)!.id : null,
  };
}
