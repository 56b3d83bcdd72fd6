import { moduleOf } from '@/lib/connectors/registry';
import type { Tx } from '@/lib/db/transaction';
import type { RecordedKind, RevocationKind } from '@/lib/revocations/model';
import { stepsOf } from '@/lib/revocations/new-steps';
import { plan } from '@/lib/revocations/plan';
import { planAgain } from '@/lib/revocations/plan-again-state';
import { type Looked, look } from '@/lib/revocations/preview';
import { bySystem, systemState } from '@/lib/revocations/state';
import { changePlan } from '@/lib/revocations/steps/store';
import type { Stored } from '@/lib/revocations/store';
import { factsOf } from '@/lib/revocations/write-step';

const KINDS: readonly RecordedKind[] = ['revoke', 'pause'];

/** What an identity that is to be shut out lives in by now; null: of another kind, of which nothing is planned anew. */
export async function lookAgain({ kind, drill, identityId }: Stored): Promise<Looked | null> {
  return KINDS.includes(kind as RecordedKind) && !drill ? look(kind as RevocationKind, identityId, []) : null;
}

/** Writes what its systems can do by now and could not when it was asked for. Returns their connectors. */
export async function extendPlan(tx: Tx, revocation: Stored, { systems }: Looked, at: Date): Promise<string[]> {
  const own = bySystem(factsOf(revocation));
  const again = planAgain(revocation.steps, plan(revocation.kind as RevocationKind, systems, 0), {
    isProven: (connectorId) => own.has(connectorId) && systemState(own.get(connectorId)!) === 'verified',
    covers: (connectorId, system) => {
      const vendor = systems.find((one) => one.connectorId === connectorId)?.vendor;
      return vendor !== undefined && [vendor, ...(moduleOf(vendor).manifest.logFormats ?? [])].includes(system);
    },
  });
  if (!again) return [];
  const added = again.order.filter(({ step }) => step !== null);
  const rows = stepsOf(
    revocation.id,
    added.map(({ step }) => step!),
    at,
  ).map((row, n) => ({ ...row, ordinal: added[n]!.ordinal }));
  const moved = again.order.flatMap(({ id, ordinal }) => (id ? [{ id, ordinal }] : []));
  await changePlan(tx, { rows, moved, opened: again.opened, replaced: again.replaced }, at);
  return again.connectorIds;
}
