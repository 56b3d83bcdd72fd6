import type { Item } from '@/lib/decisions/request-model';
import type { Assurance } from '@/lib/policies/bound-model';

/** An assurance from further ahead than this is of no clock we know. */
const SKEW_MS = 60_000;

/**
 * What a request says that assures who asks: `context.braid.assurance {acr, at}`, else the subject's `acr` and `auth_time`
 * (seconds, OpenID Connect). Without a time it was given with this request. Null: nothing usable.
 */
export function assuranceOf(item: Item, nowMs: number): Assurance | null {
  const said = item.braid.assurance;
  if (said) return usable(said.acr, said.at === undefined ? nowMs : Date.parse(said.at), nowMs);
  const { properties } = item.asked.subject;
  if (!properties) return null;
  const { acr, auth_time: authTime } = properties;
  if (typeof acr !== 'string' || !acr) return null;
  return usable(acr, typeof authTime === 'number' ? authTime * 1000 : nowMs, nowMs);
}

const usable = (acr: string, atMs: number, nowMs: number): Assurance | null =>
  Number.isFinite(atMs) && atMs >= 0 && atMs <= nowMs + SKEW_MS ? { acr, atMs: Math.min(atMs, nowMs) } : null;
