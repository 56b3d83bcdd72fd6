import { clock } from '@/lib/platform/clock';
import { allowsOutside, deniedFrom, stateAsDecided } from '@/lib/revocations/decided/store';
import { changesState, type InFlight, type RecordedKind } from '@/lib/revocations/model';
import { changeInFlight, type Stored } from '@/lib/revocations/store';
import { writeSteps } from '@/lib/revocations/write-step';

const EXPECTED: Record<RecordedKind, string | null> = {
  terminate: null,
  rotate: null,
  consent: null,
  revoke: 'revoked',
  pause: 'paused',
  resume: 'active',
  restore: 'active',
};

/** How far back a batch can have begun that commits after the request. */
const BATCH_MS = 10_000;

/**
 * Allows that were committed although the request had arrived: a batch that was already reading finished under the old state.
 * Gives the time from which it is denied: not before the last of them.
 */
export async function listInFlight(revocation: Stored): Promise<Date> {
  const told = revocation.effectiveAt ?? revocation.requestedAt;
  const kept = revocation.inFlight as { snapshot?: string } | null;
  if (!kept?.snapshot) return told;
  const since = new Date(revocation.requestedAt.getTime() - BATCH_MS);
  // Who stays active goes on being decided: only what was open counts.
  const sessions = changesState(revocation.kind as RecordedKind) ? null : revocation.sessionIds;
  const rows = await allowsOutside(kept.snapshot, revocation.identityId, sessions, since);
  const items = rows.map(
    (row): InFlight => ({
      decisionId: row.id,
      at: row.at.toISOString(),
      action: row.action,
      resource: `${row.resource_type} ${row.resource_id}`,
      amount: row.amount?.toString() ?? null,
      unit: row.unit,
      scale: row.scale,
    }),
  );
  await changeInFlight(revocation.id, { snapshot: kept.snapshot, items });
  const last = rows.at(-1)?.at;
  if (!last || last <= told) return told;
  await deniedFrom(revocation.id, last);
  return last;
}

/** The changed state read back as a decision reads it, on a connection of its own, after the commit. */
export async function verifyDecisionPoint(revocation: Stored): Promise<void> {
  const step = revocation.steps.find((one) => one.system === 'decision_point' && one.state !== 'verified');
  if (!step) return;
  const from = await listInFlight(revocation);
  const expected = EXPECTED[revocation.kind as RecordedKind];
  const seen = await stateAsDecided(revocation.identityId, revocation.sessionIds);
  const stateHolds = expected === null || seen.state === expected;
  const sessionsHold = seen.open === 0 || expected === 'active';
  const saw = [
    expected === null ? null : `identity ${seen.state}, revision ${seen.revision}`,
    seen.total && expected !== 'active' ? `${seen.total - seen.open} of ${seen.total} sessions refused` : null,
  ]
    .filter(Boolean)
    .join('; ');
  const proof = [{ check: 'state read as a decision reads it', saw, at: clock.now().toISOString() }];
  const detail = `from ${from.toISOString().slice(11, 23)} UTC`;
  const holds = stateHolds && sessionsHold;
  await writeSteps(revocation.id, [
    [
      step.id,
      holds
        ? { state: 'verified', detail, proof } // its time is click to commit, when it took hold
        : { state: 'failed', detail: saw, proof, attempt: true, finished: true },
    ],
  ]);
}
