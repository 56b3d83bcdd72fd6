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

/** Whose sessions an incident is about, and how many of them are live. */
export interface Holder {
  identityId: string;
  name: string;
  state: string;
  live: number;
  /** false: it is not the incident's own identity, but was put into the case. */
  own: boolean;
}

const sessionsAre = (live: number) => `${live} ${live === 1 ? 'session is' : 'sessions are'} still live`;

function notOverOf(holder: Holder, revocations: readonly PlaybookRevocation[]): string | null {
  const { live, state, own } = holder;
  const whose = own ? '' : `${holder.name}: `;
  const otherwise = own ? '' : ', or take it out of the case and say why';
  if (live === 0) return null;
  if (state === 'active') return `${whose}${sessionsAre(live)}: end what is left first${otherwise}.`;
  // What closed the identity speaks for its sessions that are still listed; one that ended some of them, or changed its secret, does not.
  if (
    !revocations.some((one) => (one.kind === 'revoke' || one.kind === 'pause') && one.identityId === holder.identityId)
  )
    return `${whose}${sessionsAre(live)}: name the ${state === 'paused' ? 'pause' : 'revocation'} that ends them as well${otherwise}.`;
  return null;
}

/** Why these revocations do not show that the sessions of the incident are over; null: they do. */
export function notOver(revocations: readonly PlaybookRevocation[], holders: readonly Holder[]): string | null {
  const undone = revocations.find((one) => one.undone);
  if (undone) return 'One of these was undone since: it ends nothing any more.';
  const unproven = revocations.find((one) => one.state !== 'verified');
  if (unproven)
    return `One of these is ${unproven.state}, not verified: bring it there, or waive the step and say why.`;
  for (const holder of holders) {
    const why = notOverOf(holder, revocations);
    if (why) return why;
  }
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
  const stillLive = `${live.length} ${live.length === 1 ? 'session is' : 'sessions are'} live`;
  const waived = stateOf(steps, 'session_termination') === 'waived';
  const ended: Track = closed(steps, 'session_termination')
    ? {
        track: 'revocation',
        // Taking responsibility for what lives on does not end it.
        state: waived && live.length > 0 ? 'open' : 'done',
        says: waived ? (live.length > 0 ? `Waived; ${stillLive}` : 'Waived') : 'Ended and proven ended',
      }
    : standing
      ? { track: 'revocation', state: 'running', says: `The last one is ${standing.state}` }
      : { track: 'revocation', state: 'open', says: 'Nothing was ended yet' };
  const reviewed = [closed(steps, 'secret_review'), closed(steps, 'privilege_reduction')].filter(Boolean).length;
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
