import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { systemName } from '@/lib/revocations/format';
import type { RecordedKind, RevocationState, StepRow } from '@/lib/revocations/model';
import type { Unproven } from '@/lib/revocations/unproven/model';
import { newestUnproven } from '@/lib/revocations/unproven/store';

const DAY = 86_400_000;

/** What of an identity's access was ended and is not proven to have ended; ended sessions and secrets of the last day. null: nothing. */
export async function unproven(ctx: Ctx, input: { identityId: string }): Promise<Unproven | null> {
  authorise(ctx, 'console.read');
  const row = await newestUnproven(input.identityId, new Date(clock.ms() - DAY));
  if (!row) return null;
  const behind = row.state === 'regrown' ? ['failed'] : [row.state];
  const systems = row.steps.filter((step) => behind.includes(step.state)).map((step) => systemName(step.system));
  const left = row.steps.flatMap((step) => step.residuals as unknown as StepRow['residuals']);
  const ends = left.map((one) => one.until).filter((until): until is string => until !== null);
  return {
    revocationId: row.id,
    kind: row.kind as RecordedKind,
    state: row.state as RevocationState,
    systems: [...new Set(systems)].slice(0, 20),
    left: left.length,
    until: left.length && ends.length === left.length ? (ends.sort().at(-1) ?? null) : null,
  };
}
