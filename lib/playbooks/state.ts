import {
  type PlaybookCredential,
  type PlaybookRevocation,
  STEPS,
  type StepKind,
  type StepRow,
  type Track,
} from '@/lib/playbooks/model';

/** Steps that are neither done nor waived, by name: while there is one it is not contained. */
export const openSteps = (steps: readonly Pick<StepRow, 'kind' | 'state'>[]): string[] =>
  (Object.keys(STEPS) as StepKind[])
    .filter((kind) => (steps.find((step) => step.kind === kind)?.state ?? 'open') === 'open')
    .map((kind) => STEPS[kind]);

/** Why these revocations do not show that its sessions are over; null: they do. */
export function notOver(
  revocations: readonly PlaybookRevocation[],
  live: number,
  identityState: string,
): string | null {
  const undone = revocations.find((one) => one.undone);
  if (undone) return 'One of these was undone since: it ends nothing any more.';
  const unproven = revocations.find((one) => one.state !== 'verified');
  if (unproven)
    return `One of these is ${unproven.state}, not verified: bring it there, or waive the step and say why.`;
  if (live > 0 && identityState === 'active')
    return `${live} ${live === 1 ? 'session is' : 'sessions are'} still live: end what is left first.`;
  // What closed the identity speaks for its sessions that are still listed; one that ended some of them does not.
  if (live > 0 && !revocations.some((one) => one.kind !== 'terminate'))
    return `${live} ${live === 1 ? 'session is' : 'sessions are'} still live: name the ${identityState === 'paused' ? 'pause' : 'revocation'} that ends them as well.`;
  return null;
}

/** Why the review of its secrets is not complete; null: it is. */
export function notReviewed(
  credentials: readonly PlaybookCredential[],
  reviewed: readonly { credentialId: string; outcome: string; note: string }[],
  note: string,
): string | null {
  const active = credentials.filter((one) => one.state === 'active' || one.state === 'blocked');
  if (active.length === 0 && note.length < 3)
    return 'No credential of this identity is known: say in a note where you looked.';
  const left = active.filter((one) => !reviewed.some((entry) => entry.credentialId === one.id));
  if (left.length) return `${left.map((one) => one.name).join(', ')}: not reviewed yet.`.slice(0, 400);
  const unsaid = reviewed.find((entry) => entry.outcome === 'kept' && entry.note.length < 3);
  if (unsaid) return 'A credential that is kept needs a note that says why.';
  const replaced = new Set(reviewed.filter((entry) => entry.outcome !== 'kept').map((entry) => entry.credentialId));
  const alive = credentials.find((one) => replaced.has(one.id) && one.outlives.length > 0);
  if (alive) {
    const n = alive.outlives.length;
    return `${alive.name}: ${n} live ${n === 1 ? 'session outlives' : 'sessions outlive'} it. Changing a secret ends no session: end ${n === 1 ? 'it' : 'them'} first.`;
  }
  return null;
}

const stateOf = (steps: readonly StepRow[], kind: StepKind): StepRow['state'] =>
  steps.find((step) => step.kind === kind)?.state ?? 'open';
const closed = (steps: readonly StepRow[], kind: StepKind): boolean => stateOf(steps, kind) !== 'open';

interface Watch {
  /** null: nothing watches. */
  until: string | null;
  regrown: boolean;
}

/** Where response stands on its three tracks (requirement D2). */
export function tracks(
  steps: readonly StepRow[],
  revocations: readonly PlaybookRevocation[],
  live: readonly { lastValidatedAt: string | null }[],
  watch: Watch,
): Track[] {
  const standing = revocations.find((one) => !one.undone);
  const ended: Track = closed(steps, 'session_termination')
    ? {
        track: 'revocation',
        state: 'done',
        says: stateOf(steps, 'session_termination') === 'waived' ? 'Waived' : 'Ended and proven ended',
      }
    : standing
      ? { track: 'revocation', state: 'running', says: `The last one is ${standing.state}` }
      : { track: 'revocation', state: 'open', says: 'Nothing was ended yet' };
  const reviewed = [closed(steps, 'secret_review'), closed(steps, 'privilege_reduction')].filter(Boolean).length;
  const stillLive = `${live.length} ${live.length === 1 ? 'session is' : 'sessions are'} live`;
  const revalidated: Track = {
    track: 'revalidation',
    state: reviewed === 2 ? 'done' : reviewed === 1 ? 'running' : 'open',
    says:
      reviewed === 2
        ? `Secrets and privileges are settled; ${stillLive}`
        : `${closed(steps, 'secret_review') ? 'Privileges' : 'Secrets'}${reviewed === 0 ? ' and privileges' : ''} still to be settled; ${stillLive}`,
  };
  const monitored: Track = watch.regrown
    ? { track: 'monitoring', state: 'open', says: 'Access grew back after it was ended' }
    : closed(steps, 'log_correlation')
      ? {
          track: 'monitoring',
          state: watch.until ? 'running' : 'done',
          says: watch.until ? 'Logs are correlated; watched for regrowth' : 'Logs are correlated',
        }
      : {
          track: 'monitoring',
          state: watch.until ? 'running' : 'open',
          says: watch.until ? 'Watched for regrowth; logs still to be correlated' : 'Logs still to be correlated',
        };
  return [ended, revalidated, monitored];
}
