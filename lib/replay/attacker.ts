import { derivedId } from '@/lib/platform/ids';
import type { Asked, CompiledSet, SessionSeen } from '@/lib/policies/compiled-model';
import { SCOPES } from '@/lib/policies/model';
import type { Judged, WorldAsk } from '@/lib/replay/model';
import { askIn, newWorld, verdictIn } from '@/lib/replay/world';

// A simulated attacker: one real request as its pattern, put again and again with another key of one dimension, and judged
// by the rules themselves. It takes as much as it is given.

/** Requests of one attack, at most. */
export const MAX_ASKS = 4_000;

export interface Attack {
  pattern: WorldAsk;
  sets: CompiledSet[];
  /** What is varied: a scope's word, a field of the session, or the member of the request at `names`. */
  dimension: string;
  names?: string[] | null;
  /** The keys, in their order, where they are not made up; undefined: the pattern's own. */
  values?: readonly unknown[];
  keys: number;
  /** The attribute that is summed, as `context.amount`, and its decimals; null: every request counts one. */
  attribute: string | null;
  scale: number;
}

const path = (attribute: string): string[] => attribute.split('.');

function withAmount(request: Asked, attribute: string, minor: bigint, scale: number): Asked {
  const digits = minor.toString().padStart(scale + 1, '0');
  const major = scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
  return withMember(request, path(attribute), major);
}

function withMember(request: Asked, names: string[], value: unknown): Asked {
  const copy = structuredClone(request) as unknown as Record<string, unknown>;
  let part = copy;
  for (const name of names.slice(0, -1)) {
    if (!part[name] || typeof part[name] !== 'object') part[name] = {};
    part = part[name] as Record<string, unknown>;
  }
  part[names.at(-1)!] = value;
  return copy as unknown as Asked;
}

/** Whoever wants many requests asks for nothing in each, so that no sum stands in the way. */
const slight = (request: Asked, sets: CompiledSet[]): Asked =>
  sets
    .flatMap((set) => set.meters)
    .reduce(
      (asked, { attribute }) => (attribute && has(asked, attribute) ? withAmount(asked, attribute, 0n, 0) : asked),
      request,
    );

const has = (request: Asked, attribute: string): boolean =>
  path(attribute).reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], request) !==
  undefined;

/** The session's own word in the request would win over what the pattern is given. */
function saying(request: Asked, said: Record<string, string>): Asked {
  const braid = (request.context.braid ?? {}) as { session?: object };
  const session = { id: 'pattern', ...braid.session, ...said };
  return { ...request, context: { ...request.context, braid: { ...braid, session } } };
}

/** All keys are there from the start: an attacker's sessions are live side by side. */
const besides = (attack: Attack, own: SessionSeen): SessionSeen[] =>
  attack.dimension === 'session' ? Array.from({ length: attack.keys }, (_, index) => sessionAt(attack, index)) : [own];

const sessionAt = ({ pattern }: Attack, index: number): SessionSeen => ({
  ...pattern.session,
  id: derivedId('attack', 'session', String(index)),
  label: `session ${index + 1}`,
  startedMs: pattern.atMs - 1_000 + index,
});

/** The pattern with the key of one place. */
export function askAt(attack: Attack, index: number): WorldAsk {
  const { pattern, dimension, names, values } = attack;
  const value = values && index < values.length ? values[index] : `key-${index + 1}`;
  const key = String(value);
  const asked: WorldAsk = { ...pattern, sets: attack.sets, carried: new Map() };
  if (value === undefined) {
    asked.sessions = [pattern.session];
    return asked;
  }
  if (names) asked.request = withMember(pattern.request, names, value);
  else if (dimension === 'session') {
    asked.session = sessionAt(attack, index);
    asked.request = saying(pattern.request, { id: key });
  } else if (dimension === 'identity') {
    const id = derivedId('attack', 'identity', String(index));
    const { formerly: _own, ...like } = pattern.identity;
    asked.identity = { ...like, id, name: `${like.name} ${index + 1}` };
    asked.session = { ...sessionAt(attack, index), identityId: id };
    asked.request = { ...pattern.request, subject: { ...pattern.request.subject, id: asked.identity.name } };
  } else if (dimension === 'resource') {
    asked.request = { ...pattern.request, resource: { ...pattern.request.resource, id: key } };
  } else if (dimension === 'credential') {
    asked.credentialId = key;
    asked.session = { ...pattern.session, key };
    const { credential: _credential, ...braid } = (pattern.request.context.braid ?? {}) as { credential?: unknown };
    asked.request = { ...pattern.request, context: { ...pattern.request.context, braid } };
  } else {
    const field = (SCOPES[dimension] ?? dimension).replace('session.', '');
    asked.session = { ...pattern.session, [field]: key };
    asked.request = saying(pattern.request, { [field]: key });
  }
  asked.sessions = besides(attack, asked.session);
  return asked;
}

/** What one request at a place would touch and be judged on, on empty exposures. */
export const probe = (attack: Attack, index: number): Judged => askIn(newWorld(), askAt(attack, index));

const looking = (request: Asked): Asked => ({
  ...request,
  context: { ...request.context, braid: { ...(request.context.braid as object | undefined), dry_run: true } },
});

/**
 * What the attacker gets: minor units, or requests where nothing is summed. Null: it would take too many requests. It
 * knows what one key can take at best and what all can, asks for that first, and then tries for more. One key that gets
 * nothing is the last: what stands in its way stands in the way of all that follow. Pure.
 */
export function attack(plan: Attack, { most, reach }: { most: bigint; reach: bigint }): bigint | null {
  const { attribute, scale, sets } = plan;
  if (!attribute && most * BigInt(plan.keys) > BigInt(MAX_ASKS)) return null;
  const world = newWorld();
  let asks = 0;
  let taken = 0n;
  for (let index = 0; index < plan.keys; index++) {
    const asked = askAt(plan, index);
    const passes = (amount: bigint, look = false): boolean => {
      const request = attribute ? withAmount(asked.request, attribute, amount, scale) : slight(asked.request, sets);
      const decisionId = derivedId('attack', String(asks++));
      return verdictIn(world, { ...asked, request: look ? looking(request) : request, decisionId }) === 'allow';
    };
    const before = taken;
    const rest = reach > taken ? reach - taken : most;
    let amount = attribute ? (rest < most ? rest : most) : 1n;
    while (amount > 0n) {
      if (asks > MAX_ASKS) return null;
      if (passes(amount)) {
        taken += amount;
        if (attribute && !passes(1n, true)) break;
      } else amount = attribute ? amount / 2n : 0n;
    }
    if (taken === before) break;
  }
  return taken;
}
