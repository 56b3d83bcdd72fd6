import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { runPage } from '@/lib/decisions/verify/runs/store';
import { type VerificationRun, verificationRunSchema } from '@/lib/decisions/verify/runs-model';
import type { Page } from '@/lib/http/model';

/** Runs of the log's proof, newest first: when, by whom, what they found. */
export async function listVerifications(
  ctx: Ctx,
  query: { cursor?: string; limit: number },
): Promise<Page<VerificationRun>> {
  authorise(ctx, 'console.read');
  const found = await runPage(query.cursor, query.limit + 1);
  const items = found.slice(0, query.limit).map((run) =>
    verificationRunSchema.parse({
      ...run,
      startedAt: run.startedAt.toISOString(),
      finishedAt: run.finishedAt?.toISOString() ?? null,
    }),
  );
  return { items, nextCursor: found.length > query.limit ? items.at(-1)!.id : null };
}
