// What an approval, an assurance or an exemption let past a limit.
import { pool } from '@/lib/db/client';
import { readTraces } from '@/lib/decisions/read-traces';
import type { ExposureFact, Licence } from '@/lib/findings/model';

/** Entries of one exposure that are walked; what rose above its limit longer ago than that is not looked into. */
const MOST_ENTRIES = 2_000;

interface Step {
  decision_id: string | null;
  session_id: string | null;
  at: Date;
  now: bigint;
  /** It made the exposure larger, and was no overrun. */
  raised: boolean;
}

/** The ledger of an exposure since it last stood within its limit, oldest first. */
async function since(exposureId: string, limit: bigint): Promise<Step[]> {
  const { rows } = await pool().query<Step>(
    `select decision_id, session_id, at, settled_now + held_now as now, settled + held > 0 and kind <> 'overrun' as raised
     from ledger_entries
     where exposure_id = $1 and revision > coalesce((select max(revision) from ledger_entries
       where exposure_id = $1 and settled_now + held_now <= $2), -1)
     order by revision desc limit $3`,
    [exposureId, limit, MOST_ENTRIES],
  );
  return rows.reverse();
}

/** Of these decisions, those that were allowed past this exposure's limit, which was no higher than it is now. */
async function allowedPast(ids: string[], exposure: ExposureFact): Promise<Set<string>> {
  const { rows } = await pool().query<{ id: string; trace: string }>(
    `select id, trace from decisions where id = any($1::uuid[]) and verdict = 'allow'`,
    [ids],
  );
  const traces = await readTraces(rows.map((row) => row.trace)).catch(() => []);
  return new Set(
    traces.flatMap((trace) => {
      const seen = trace.exposures.find((one) => one.exposureId === exposure.id);
      const past = seen?.limit && BigInt(seen.after) > BigInt(seen.limit) && BigInt(seen.limit) <= exposure.limit;
      return past ? [trace.decisionId] : [];
    }),
  );
}

/**
 * How far above its limit an exposure may stand. A request is allowed past a limit only by an approval, an assurance or an
 * exemption, so what such decisions took it to is right; what falls back is not licensed again, and more settled than was
 * held never is. Null: nothing was let past.
 */
export async function licenceOf(exposure: ExposureFact): Promise<Licence | null> {
  const steps = await since(exposure.id, exposure.limit);
  const past = await allowedPast([...new Set(steps.flatMap((step) => step.decision_id ?? []))], exposure);
  if (past.size === 0) return null;
  let upTo = exposure.limit;
  const passed: Licence['passed'] = [];
  for (const step of steps) {
    const licensed = step.raised && step.decision_id !== null && past.has(step.decision_id);
    if (licensed && step.now > upTo) upTo = step.now;
    else if (step.now < upTo) upTo = step.now > exposure.limit ? step.now : exposure.limit;
    if (licensed) passed.push({ sessionId: step.session_id, at: step.at.toISOString() });
  }
  return { upTo, passed };
}
