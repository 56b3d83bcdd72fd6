import type { BulkResult } from '@/lib/revocations/bulk-model';
import {
  REASON_CODES,
  type ReasonCode,
  type RecordedKind,
  type RevocationRow,
  type StepRow,
} from '@/lib/revocations/model';

export const reasonWords = (code: string): string => REASON_CODES[code as ReasonCode] ?? code.replaceAll('_', ' ');

export const KIND_WORDS: Record<RecordedKind, string> = {
  terminate: 'Session ended',
  revoke: 'Access revoked',
  rotate: 'Secret rotated',
  pause: 'Paused',
  resume: 'Resumed',
  restore: 'Access restored',
  consent: 'Consent taken back',
};

const span = (from: string | null, to: string | null): number | null =>
  from && to ? Math.max(Date.parse(to) - Date.parse(from), 0) : null;

/** How long a step took, ms; null while it has not run. */
export const stepMs = (step: StepRow): number | null => span(step.startedAt, step.finishedAt);

const PHASES: [verb: string, words: string][] = [
  ['block', 'block re-issue'],
  ['rotate', 'new secret'],
  ['unblock', 'let in again'],
  ['terminate', 'end live sessions'],
  ['refresh', 'end derived credentials'],
  ['probe', 'probe'],
  ['regrowth', 'watch'],
];

/** The order its own steps come in, in every system: only what it really does is named. */
export const orderText = (row: Pick<RevocationRow, 'kind' | 'steps'>): string => {
  const done = PHASES.filter(([verb]) => row.steps.some((step) => step.verb === verb)).map(([, words]) => words);
  return [...done, ...(row.kind === 'rotate' ? ['hand over'] : [])].join(' → ');
};

/** From when it counts what a revocation took, ISO 8601. */
export const countsFrom = (row: Pick<RevocationRow, 'requestedAt' | 'clickedAt' | 'endedAgainAt'>): string =>
  row.endedAgainAt ?? row.clickedAt ?? row.requestedAt;

/** Click to verified, ms, of access that came back from the click that ended it again; null while it is not. */
export const verifiedMs = (
  row: Pick<RevocationRow, 'requestedAt' | 'clickedAt' | 'verifiedAt' | 'endedAgainAt'>,
): number | null => span(countsFrom(row), row.verifiedAt);

export const systemName = (system: string): string =>
  system === 'decision_point' ? 'Decision point' : system === 'regrowth' ? 'Braid' : system;

/** Nothing changes by itself any more within seconds. */
export const atRest = (row: Pick<RevocationRow, 'state'>): boolean =>
  ['verified', 'residual', 'unverifiable', 'regrown'].includes(row.state);

/** Nothing of it will change any more by itself: it is undone, or proven and no longer watched. */
export const isFinal = (row: Pick<RevocationRow, 'state' | 'steps'> & { undoneBy?: string | null }): boolean => {
  if (row.undoneBy) return true;
  const watch = row.steps.find((step) => step.verb === 'regrowth');
  const watched = !watch || ['verified', 'unverifiable', 'failed'].includes(watch.state);
  return row.state === 'verified' && watched;
};

const several = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const DONE: Record<RecordedKind, (name: string, sessions: number) => string> = {
  terminate: (name, sessions) => `${several(sessions, 'session')} of ${name} ended`,
  revoke: (name) => `Access of ${name} is revoked`,
  rotate: (name) => `The secret of ${name} is another one, and what the old one opened is ended`,
  pause: (name) => `${name} is paused`,
  resume: (name) => `${name} is resumed`,
  restore: (name) => `Access of ${name} is restored`,
  consent: (name) => `What ${name} was allowed is taken back`,
};

const UNDONE: Record<RecordedKind, (name: string) => string> = {
  terminate: (name) => `Sessions of ${name} were ended.`,
  revoke: (name) => `Access of ${name} was revoked; a later change has taken its place.`,
  rotate: (name) => `The secret of ${name} was rotated.`,
  pause: (name) => `${name} was paused; a later change has taken its place.`,
  resume: (name) => `${name} was resumed; a later change has taken its place.`,
  restore: (name) => `Access of ${name} was restored; a later change has taken its place.`,
  consent: (name) => `What ${name} was allowed was taken back.`,
};

/** The page's first sentence. `took` is click to verified in words. */
export function sentence(row: RevocationRow & { undoneBy?: string | null }, took: string | null): string {
  if (row.undoneBy) return UNDONE[row.kind](row.identityName);
  const what = DONE[row.kind](row.identityName, row.sessionIds.length);
  const left = row.steps.reduce((sum, step) => sum + step.residuals.length, 0);
  switch (row.state) {
    case 'verified':
      return `${what}, proven ${took ?? ''} after the click.`;
    case 'residual':
      return `${what}, but ${several(left, 'way in', 'ways in')} still ${left === 1 ? 'lives' : 'live'}.`;
    case 'unverifiable':
      return `${what} as far as Braid reaches; not everywhere can it be proven.`;
    case 'regrown':
      return `Access of ${row.identityName} came back after it was ended.`;
    case 'failed':
      return `${what} at the decision point; a system has refused so far. Braid keeps trying.`;
    case 'accepted':
      return `${what} at the decision point; a system has accepted and not yet acted.`;
    default:
      return `${what} at the decision point; the systems are being brought along.`;
  }
}

const PENDING: Record<string, string> = {
  verified: 'It is watched for coming back',
  residual: 'Something of it still lives, named here with the time at which it dies where that is known',
  unverifiable: 'Not everywhere could it be proven',
  regrown: 'Access came back after it was ended',
};

/** A certificate's sentence. `asOf`: ISO time of the certificate. */
export function certificateSays(row: RevocationRow & { undoneBy?: string | null }, asOf: string): string {
  const ms = verifiedMs(row);
  const what = sentence(row, ms === null ? null : `${ms} ms`);
  if (isFinal(row)) return what;
  const until = row.state === 'verified' && row.regrowthUntil ? ` until ${row.regrowthUntil}` : '';
  const rest = PENDING[row.state] ?? 'It is NOT finished: it has not been proven that access ended';
  return `As of ${asOf}: ${what} ${rest}${until}. This may still change.`;
}

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** What a dry run found, in words. */
export function dryRunSays({ kind, rows, eligible, radius, second }: BulkResult): string {
  const nothing = 'Nothing was changed; the audit log has it.';
  const out = [...new Set(rows.flatMap((row) => (row.eligible ? [] : (row.why ?? []))))];
  if (!eligible) return `Dry run: nothing would be done (${out.join('; ')}). ${nothing}`;
  const opens = kind === 'resume' || kind === 'restore';
  const where = radius.systems
    ? `in ${plural(radius.systems, 'connected system')} and at the decision point`
    : 'at the decision point only';
  const what = opens ? 'access would be given back' : `${plural(radius.sessions, 'live session')} would end`;
  const limits = [...new Set(rows.flatMap((row) => row.limits ?? []))];
  return [
    `Dry run: ${what}, ${where}.`,
    ...(out.length ? [`Left out: ${out.join('; ')}.`] : []),
    ...(limits.length ? [`Not ended, or not proven: ${limits.join('; ')}.`] : []),
    ...(second ? [second] : []),
    nothing,
  ].join(' ');
}
