import { closes, type RevocationKind, type StepRow } from '@/lib/revocations/model';

/** What a block found before it changed anything, kept with its step: restoring gives back only what was taken. */
export const COULD = 'could log in before';
export const COULD_NOT = 'could not log in before';

export const found = (name: string, could: boolean, at: string): NonNullable<StepRow['proof']>[number] => ({
  check: could ? COULD : COULD_NOT,
  saw: name.slice(0, 500),
  at,
});

export const kept = (proof: unknown): NonNullable<StepRow['proof']> =>
  ((proof ?? []) as NonNullable<StepRow['proof']>).filter((one) => one.check === COULD || one.check === COULD_NOT);

const DONE = ['effective', 'verified'];

interface Past {
  kind: string;
  steps: { connectorId: string | null; verb: string; state: string; proof: unknown }[];
}

/**
 * Did Braid take this name's login away at this system? `past` = the identity's earlier revocations, newest first. The
 * newest that took it decides; one that gave it back ends the search. Found shut by a revocation means: look further back.
 */
export function taken(past: readonly Past[], connectorId: string, name: string): boolean {
  for (const one of past) {
    const own = one.steps.filter((step) => step.connectorId === connectorId);
    if (closes(one.kind as RevocationKind)) {
      const seen = own.flatMap((step) => kept(step.proof));
      if (seen.some((fact) => fact.check === COULD && fact.saw === name.slice(0, 500))) return true;
      // A system that could not be asked what it found: its block took whatever there was.
      if (!seen.length && own.some((step) => step.verb === 'block' && DONE.includes(step.state))) return true;
    } else if (own.some((step) => step.verb === 'unblock' && DONE.includes(step.state))) return false;
  }
  return false;
}
