import type { Capabilities, LivesOn } from '@/lib/connectors/model';
import type { RevocationKind } from '@/lib/revocations/model';
import type { PlannedStep } from '@/lib/revocations/planned-model';

/** One system an identity lives in, as far as ending its access goes. */
export interface SystemFacts {
  connectorId: string | null;
  name: string;
  vendor: string;
  /** null: there is no connector, or it is disabled; `why` says which. */
  capabilities: Capabilities | null;
  why: string | null;
  /** What it points at: two connectors may lead to one system. */
  at?: string;
  /** What the system calls itself, the same by whichever address; null: it does not tell. */
  self?: string | null;
  /** The connector that rotates the same secret already, through which this system is reached as well. */
  rotatedBy?: string;
  /** What may live on there after everything was ended that can be. */
  livesOn?: LivesOn[];
  /** It does not answer at the moment: why, and when it last did (ISO). What is asked of it waits. */
  down?: { why: string; since: string | null } | null;
  /** Drills are held with it there. */
  canary?: boolean;
  /** Of the names the identity has there: why none of them can be paused, why one can't be given back, and is that so of all. */
  limits?: { pause: string | null; restore: string | null; never: boolean };
  /** Of what is known only from a connector's own log: the connector. */
  logOf?: string | null;
}

const can = (means: string | undefined): boolean => means !== undefined && means !== 'none';

const each = ({ list, terminateOne }: Capabilities): boolean => can(list) && can(terminateOne);

/**
 * Why a system can't do what this kind asks of it, in words; null: it can. `part`: it does something of it all the same. The plan
 * and what is promised before the click both read it here.
 */
export function cannot(kind: RevocationKind, system: SystemFacts): { why: string; part: boolean } | null {
  const { capabilities, name } = system;
  if (!capabilities) return { why: system.why ?? 'no connector', part: false };
  if (kind === 'terminate')
    return can(capabilities.terminateOne) ? null : { why: `${name} can’t end one session alone`, part: false };
  if (kind === 'resume' || kind === 'restore') {
    const takes = can(capabilities.revokeAll) || can(capabilities.pause);
    if (kind === 'restore' && system.limits?.never)
      return { why: `${name} gives nothing back: ${system.limits.restore}`, part: false };
    if (can(capabilities.restore) || !takes) return null;
    return { why: `${name} gives nothing back: what was taken there is set up anew by hand`, part: false };
  }
  if (kind === 'rotate') {
    if (system.rotatedBy)
      return { why: `${name} is the same system as ${system.rotatedBy}, which changes the secret`, part: false };
    if (can(capabilities.rotate)) return null;
    // What is open there is ended all the same; what opens it next is not Braid's to change.
    return {
      why: `${name} has no secret Braid can change: only what was open has been ended`,
      part: can(capabilities.revokeAll) || each(capabilities),
    };
  }
  if (kind === 'pause' && system.limits?.pause) return { why: system.limits.pause, part: false };
  if (can(kind === 'pause' ? capabilities.pause : capabilities.revokeAll)) return null;
  const open = `${name} can’t ${kind === 'pause' ? 'pause' : 'block'} an identity`;
  // What is open is ended all the same; that nothing new is opened can't be had there, so nothing can be proven.
  if (kind === 'pause' || !each(capabilities)) return { why: open, part: false };
  return { why: `${open}: only what was open has been ended`, part: true };
}

/** Why there is nothing to rotate; null: at least one system takes a new secret. */
export const nowhere = (systems: readonly SystemFacts[]): string | null =>
  systems.some((system) => cannot('rotate', system) === null)
    ? null
    : 'lives in no connected system whose secret Braid can change: revoke it, or end its sessions';

/** By the same address, or as the systems say themselves by another one. */
const isSame = (a: SystemFacts, b: SystemFacts): boolean =>
  (a.at !== undefined && a.at === b.at) || (Boolean(a.self) && a.vendor === b.vendor && a.self === b.self);

/** Of connectors that lead to one system the first rotates: two would each make the other's secret worthless. */
export const rotatedOnce = (systems: readonly SystemFacts[]): SystemFacts[] =>
  systems.map((system, n) => {
    const first = systems.slice(0, n).find((one) => isSame(one, system) && one.capabilities);
    return first && system.capabilities ? { ...system, rotatedBy: first.name } : system;
  });

const TITLES: Record<'block' | 'rotate' | 'pause' | 'terminate' | 'refresh' | 'probe' | 'unblock', string> = {
  block: 'Block new logins',
  rotate: 'Make another secret the only one that works',
  pause: 'Block new logins, to be resumed',
  terminate: 'End live sessions',
  refresh: 'End refresh and derived credentials',
  probe: 'Prove that it is over',
  unblock: 'Let it log in again',
};
const PROVE_OPEN = 'Prove that it may come in again';

function decisionPoint(kind: RevocationKind, sessions: number): PlannedStep {
  const title =
    kind === 'terminate' || kind === 'rotate'
      ? `Decision point refuses ${sessions === 1 ? 'the session' : sessions ? `${sessions} sessions` : 'what was open'}`
      : kind === 'resume' || kind === 'restore'
        ? 'Decision point decides again'
        : 'Decision point denies';
  return {
    system: 'decision_point',
    connectorId: null,
    verb: kind === 'resume' || kind === 'restore' ? 'unblock' : 'deny',
    state: 'effective',
    title,
    detail: null,
  };
}

function connectorSteps(kind: RevocationKind, system: SystemFacts): PlannedStep[] {
  const { connectorId, name, capabilities } = system;
  const step = (verb: PlannedStep['verb'], title: string): PlannedStep => ({
    system: name,
    connectorId,
    verb,
    state: 'requested',
    title,
    detail: null,
  });
  const unverifiable = (detail: string): PlannedStep => ({
    ...step('probe', TITLES.probe),
    state: 'unverifiable',
    detail,
  });
  const opens = kind === 'resume' || kind === 'restore';
  const not = cannot(kind, system);
  if (not && !not.part) return opens && !capabilities ? [] : [unverifiable(not.why)];
  if (!capabilities) return [];
  const probe = can(kind === 'rotate' ? capabilities.rotate : capabilities.probe)
    ? step('probe', opens ? PROVE_OPEN : TITLES.probe)
    : unverifiable(`${name} can’t be asked whether it is over`);
  if (kind === 'terminate') return [step('terminate', TITLES.terminate), probe];
  if (opens) return can(capabilities.restore) ? [step('unblock', TITLES.unblock), probe] : [];
  const ends = can(capabilities.revokeAll) || each(capabilities) ? [step('terminate', TITLES.terminate)] : [];
  const refresh = can(capabilities.derived) ? [step('refresh', TITLES.refresh)] : [];
  if (not) return [...ends, ...refresh, unverifiable(not.why)];
  if (kind === 'rotate') return [step('rotate', TITLES.rotate), ...ends, ...refresh, probe];
  return [step('block', kind === 'pause' ? TITLES.pause : TITLES.block), ...ends, ...refresh, probe];
}

/**
 * The steps of a revocation, in the one order that closes access: decision point, then per system block re-issue (a rotation:
 * make the old secret worthless) → end live sessions → end refresh and derived credentials → probe, then the watch for regrowth.
 */
export function plan(kind: RevocationKind, systems: readonly SystemFacts[], sessions: number): PlannedStep[] {
  const regrowth: PlannedStep[] =
    kind === 'revoke' || kind === 'pause'
      ? [
          {
            system: 'regrowth',
            connectorId: null,
            verb: 'regrowth',
            state: 'requested',
            title: 'Watch for regrowth',
            detail: '24 h: a new session or a login that works again raises a finding',
          },
        ]
      : [];
  return [decisionPoint(kind, sessions), ...systems.flatMap((system) => connectorSteps(kind, system)), ...regrowth];
}
