import { amountText, plural, scopeWord, windowText } from '@/lib/exposures/format';
import type { Boundaries, Boundary, LimitBoundaries } from '@/lib/replay/boundary-model';

const KEYS: Record<string, [string, string]> = {
  session: ['session', 'sessions'],
  credential: ['credential', 'credentials'],
  network: ['network', 'networks'],
  region: ['region', 'regions'],
  device: ['device', 'devices'],
  resource: ['resource', 'resources'],
  identity: ['identity', 'identities'],
  workload: ['workload', 'workloads'],
  agent: ['agent', 'agents'],
  asn: ['autonomous system', 'autonomous systems'],
  posture: ['posture', 'postures'],
  task: ['task', 'tasks'],
};

/** `session` → `sessions`; a member of the request by its name: `values of context.account`. */
export const keyWord = (dimension: string, count: number): string =>
  plural(count, ...(KEYS[dimension] ?? [`value of ${dimension}`, `values of ${dimension}`]));

const COUNTED: Record<string, string> = {
  live_sessions: 'session',
  distinct: 'different value',
  pending: 'open approval',
  lease: 'holder',
};

/** What is counted: an amount with its unit, sessions, approvals, or requests. */
export const countedText = (limit: LimitBoundaries, minor: string): string =>
  limit.unit
    ? amountText(minor, limit.scale, limit.unit)
    : `${amountText(minor)} ${plural(Number(minor), COUNTED[limit.kind] ?? 'request')}`;

/** "10 000 EUR per resource in 24 h". */
export function limitWords(limit: LimitBoundaries): string {
  const max = limit.limit === null ? 'a computed limit' : countedText(limit, limit.limit);
  const window = limit.windowSecs || limit.calendar ? `, ${windowText(limit.windowSecs, limit.calendar)}` : '';
  return `${limit.meter}: ${max} per ${scopeWord(limit.scope)}${window}`;
}

/** Whether the history shows somebody who could split over this key. */
export const isOpen = (boundary: Boundary): boolean => boundary.keys > 1 && BigInt(boundary.undetected) > 0n;

/** Where no key splits a limit: whether that is all there is to say of it. */
export const unsplitWords = ({ unvaried }: LimitBoundaries): string =>
  unvaried.length === 0
    ? 'No key a caller could vary counts apart here: splitting gains nothing.'
    : 'None of the keys that were tried counts apart here.';

/** What the simulated attacker got, and with how many of the keys it tried: "simulated with 50 of 400: got 500 000 EUR, as predicted". */
export function simulatedWords(
  limit: LimitBoundaries,
  { simulated, tried, keys, reach, asPredicted }: Boundary,
): string {
  if (simulated === null)
    return limit.unit
      ? 'not simulated: too many requests'
      : `not simulated: it would take ${countedText(limit, reach)}`;
  const all = Math.max(keys, tried);
  const tries =
    all <= 1 ? 'simulated' : tried < all ? `simulated with ${tried} of ${all}` : `simulated with all ${all}`;
  if (!asPredicted) return `${tries}: got ${countedText(limit, simulated)}, other rules stop the rest`;
  return tried < all ? `${tries}: got ${countedText(limit, simulated)}, as predicted` : `${tries}: got exactly that`;
}

/** What the page found, in one sentence; how far it was tried, where that is not over all keys. */
export function boundariesHeadline({ set, limits }: Boundaries): string {
  const looked = limits.filter((limit) => limit.skipped === null);
  const open = looked.filter((limit) => limit.boundaries.some(isOpen));
  if (limits.length === 0) return `${set} has no limit.`;
  if (looked.length === 0)
    return `Nothing to tell of the ${limits.length} ${plural(limits.length, 'limit')} of ${set} yet.`;
  const partly = looked.filter((limit) => limit.unvaried.length > 0).length;
  if (open.length === 0 && partly > 0)
    return `In this history nobody could split activity over the keys that were tried; ${partly} of ${looked.length} ${plural(looked.length, 'limit')} of ${set} ${partly === 1 ? 'counts' : 'count'} per something that was not.`;
  if (open.length === 0)
    return `In this history nobody could split activity to stay under ${looked.length === 1 ? 'the limit' : `the ${looked.length} limits`} of ${set}.`;
  const worst = open[0]!.boundaries.find(isOpen)!;
  const told = `${open.length} of ${looked.length} ${plural(looked.length, 'limit')} of ${set} can be split: ${open[0]!.ruleId} lets pass ${countedText(open[0]!, worst.reach)} over ${worst.keys} ${keyWord(worst.dimension, worst.keys)}`;
  const whole = worst.asPredicted && worst.tried >= worst.keys;
  return whole ? `${told}.` : `${told}; ${simulatedWords(open[0]!, worst)}.`;
}
