import type { PlannedStep } from '@/lib/revocations/planned-model';
import { neverProbed } from '@/lib/revocations/state';

/** A step as it stands. */
export interface Standing {
  id: string;
  ordinal: number;
  system: string;
  connectorId: string | null;
  verb: string;
  state: string;
  attempts: number;
}

export interface PlannedAgain {
  /** In the order they are to be done, from `ordinal` on: steps that are there (`id`), and new ones. */
  order: { ordinal: number; id: string | null; step: PlannedStep | null }[];
  /** Steps that only said that nobody could be asked, where somebody can by now. */
  opened: { id: string; step: PlannedStep }[];
  /** The same, of a system that is reached by a connector now, whose own steps take their place. */
  replaced: string[];
  /** Connectors that can do more than was planned. */
  connectorIds: string[];
}

const byConnector = <S extends { connectorId: string | null }>(steps: readonly S[]): Map<string, S[]> => {
  const found = new Map<string, S[]>();
  for (const step of steps)
    if (step.connectorId) found.set(step.connectorId, [...(found.get(step.connectorId) ?? []), step]);
  return found;
};

/** What one system can do by now and was not asked to do; steps that were done, and what only they had, stay before. */
function moreOf(own: readonly Standing[], wanted: readonly PlannedStep[]) {
  const more = wanted.filter(
    (one) => one.state === 'requested' && !own.some((step) => step.verb === one.verb && !neverProbed(step)),
  );
  if (more.length === 0) return null;
  const kept = own.filter((step) => !wanted.some((one) => one.verb === step.verb));
  const rest = wanted.map((one) => ({ step: one, own: own.find((step) => step.verb === one.verb) ?? null }));
  return { kept, rest };
}

/**
 * What the systems of an identity could do by now beyond what was planned when it was asked for: a connector was added or
 * enabled, was given an ability or a right. Nothing that was done or proven is left out. Null: nothing. Pure.
 */
export function planAgain(
  standing: readonly Standing[],
  wanted: readonly PlannedStep[],
  {
    isProven,
    covers,
  }: { isProven: (connectorId: string) => boolean; covers: (connectorId: string, system: string) => boolean },
): PlannedAgain | null {
  const there = byConnector(standing);
  const again: PlannedAgain = { order: [], opened: [], replaced: [], connectorIds: [] };
  let ordinal = Math.max(0, ...standing.map((step) => step.ordinal));
  const place = (id: string | null, step: PlannedStep | null) => again.order.push({ ordinal: ++ordinal, id, step });
  const isWanted = ({ system }: Standing) => wanted.some((one) => !one.connectorId && one.system === system);
  for (const [connectorId, steps] of byConnector(wanted)) {
    if (isProven(connectorId)) continue;
    const own = there.get(connectorId) ?? [];
    const more = moreOf(own, steps);
    if (!more) continue;
    again.connectorIds.push(connectorId);
    for (const step of more.kept) place(step.id, null);
    for (const { step, own: stands } of more.rest) {
      place(stands?.id ?? null, stands ? null : step);
      if (stands && neverProbed(stands) && step.state === 'requested') again.opened.push({ id: stands.id, step });
    }
    for (const step of standing)
      if (!step.connectorId && neverProbed(step) && !isWanted(step) && covers(connectorId, step.system))
        again.replaced.push(step.id);
  }
  if (again.connectorIds.length === 0) return null;
  // The watch for regrowth stays last.
  for (const step of standing) if (step.verb === 'regrowth') place(step.id, null);
  return again;
}
