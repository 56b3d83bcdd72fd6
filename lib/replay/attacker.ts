import { derivedId } from '@/lib/platform/ids';
import type { Asked, CompiledSet, SessionSeen } from '@/lib/policies/compiled-model';
import { poolId } from '@/lib/policies/live-evaluate';
import { SCOPES } from '@/lib/policies/model';
import type { Judged, WorldAsk } from '@/lib/replay/model';
import { askIn, newWorld, verdictIn } from '@/lib/replay/world';

// A simulated attacker: one real request as its pattern, put again and again with another key of one dimension, and judged
// by the rules themselves. It takes as much as it is given.

/** Requests of one attack, at most. */
export const MAX_ASKS = 4_000;

/** A scope's word, a field of the session, or the member of the request at `names`. */
export interface Varied {
  dimension: string;
  names?: string[] | null;
}

/** What is varied, and over how much of it. */
export interface Attack extends Varied {
  pattern: WorldAsk;
  sets: CompiledSet[];
  /** The keys, in their order, where they are not made up; undefined: the pattern's own. */
  values?: readonly unknown[];
  keys: number;
  /** What every request names anew, where things are told apart or sessions counted; absent: requests or amounts are counted. */
  member?: Varied | null;
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

const valueAt = (request: Asked, names: string[]): unknown =>
  names.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], request);

const has = (request: Asked, attribute: string): boolean => valueAt(request, path(attribute)) !== undefined;

/** The session's own word in the request would win over what the pattern is given. */
function saying(request: Asked, said: Record<string, string>): Asked {
  const braid = (request.context.braid ?? {}) as { session?: object };
  const session = { id: 'pattern', ...braid.session, ...said };
  return { ...request, context: { ...request.context, braid: { ...braid, session } } };
}

/** All of them began within the last second, one after another. */
const sessionAt = ({ session, atMs }: WorldAsk, ordinal: number): SessionSeen => ({
  ...session,
  id: derivedId('attack', 'session', String(ordinal)),
  label: `session ${ordinal + 1}`,
  startedMs: atMs - 1_000 + ordinal / 1_000,
});

/** Names another value of one thing. Each session of an attack has an ordinal of its own. */
function vary(asked: WorldAsk, { dimension, names }: Varied, value: unknown, ordinal: number): void {
  const { request, session, identity } = asked;
  const key = String(value);
  if (names) asked.request = withMember(request, names, value);
  else if (dimension === 'session') {
    asked.session = sessionAt(asked, ordinal);
    asked.request = saying(request, { id: key });
  } else if (dimension === 'identity') {
    const id = derivedId('attack', 'identity', key);
    const { formerly: _own, ...like } = identity;
    asked.identity = { ...like, id, name: `${like.name} ${key}` };
    asked.session = { ...sessionAt(asked, ordinal), identityId: id };
    asked.request = { ...request, subject: { ...request.subject, id: asked.identity.name } };
  } else if (dimension === 'resource') {
    asked.request = { ...request, resource: { ...request.resource, id: key } };
  } else if (dimension === 'credential') {
    asked.credentialId = key;
    asked.session = { ...session, key };
    const { credential: _credential, ...braid } = (request.context.braid ?? {}) as { credential?: unknown };
    asked.request = { ...request, context: { ...request.context, braid } };
  } else {
    const field = (SCOPES[dimension] ?? dimension).replace('session.', '');
    asked.session = { ...session, [field]: key };
    asked.request = saying(request, { [field]: key });
  }
}

const memberAt = ({ member, pattern }: Attack, ordinal: number): unknown => {
  const sample = member?.names ? valueAt(pattern.request, member.names) : undefined;
  return typeof sample === 'number' ? sample + 1_000_000 + ordinal : `value-${ordinal + 1}`;
};

/** The pattern with the key of one place, and the so-manieth value of what is told apart. */
export function askAt(attack: Attack, index: number, nth = 0): WorldAsk {
  const { pattern, member, values } = attack;
  const asked: WorldAsk = { ...pattern, sets: attack.sets, carried: new Map() };
  // Sessions of one key are told apart where they are what is counted; else a key has one.
  const each = index * MAX_ASKS + nth;
  const ordinal = member?.dimension === 'session' ? each : index;
  if (member) vary(asked, member, memberAt(attack, each), ordinal);
  const value = values && index < values.length ? values[index] : `key-${index + 1}`;
  if (value !== undefined) vary(asked, attack, value, ordinal);
  if (member?.dimension !== 'session' && everySession(attack)) return among(asked, besides(attack, index));
  asked.sessions = [asked.session];
  return asked;
}

/** Whether every key comes with a session of its own. */
export const everySession = ({ dimension }: Varied): boolean => dimension === 'session' || dimension === 'identity';

/** The sessions of all other keys: they are there from the start, an attacker's sessions are live side by side. */
const besides = (attack: Attack, own: number): SessionSeen[] =>
  Array.from({ length: attack.keys }, (_, index) => index)
    .filter((index) => index !== own)
    .map((index) => {
      const other: WorldAsk = { ...attack.pattern };
      vary(other, attack, `key-${index + 1}`, index);
      return other.session;
    });

/** With the sessions that act beside it: the identity's own, and those it shares a workflow, credential, device or owner with. */
function among(asked: WorldAsk, open: readonly SessionSeen[]): WorldAsk {
  const { session, identity } = asked;
  const all = [...open, session].sort((a, b) => a.startedMs - b.startedMs);
  const pools: [string, SessionSeen[]][] = identity.workflows.map(({ id }) => [id, all]);
  if (session.key) pools.push([poolId('credential', session.key), all.filter((one) => one.key === session.key)]);
  if (session.device)
    pools.push([poolId('device', session.device), all.filter((one) => one.device === session.device)]);
  if (identity.owner) pools.push([poolId('owner', identity.owner), all]);
  return {
    ...asked,
    sessions: all.filter((one) => one.identityId === identity.id),
    workflowSessions: new Map(pools),
  };
}

/** What one request at a place would touch and be judged on, on empty exposures. */
export const probe = (attack: Attack, index: number, nth = 0): Judged => askIn(newWorld(), askAt(attack, index, nth));

const looking = (request: Asked): Asked => ({
  ...request,
  context: { ...request.context, braid: { ...(request.context.braid as object | undefined), dry_run: true } },
});

/**
 * What the attacker gets: minor units; where nothing is summed requests, different values or sessions at once. Null: it would take too many requests. It
 * knows what one key can take at best and what all can, asks for that first, and then tries for more. One key that gets
 * nothing is the last: what stands in its way stands in the way of all that follow. Pure.
 */
export function attack(plan: Attack, { most, reach }: { most: bigint; reach: bigint }): bigint | null {
  const { attribute, scale, sets } = plan;
  if (!attribute && most * BigInt(plan.keys) > BigInt(MAX_ASKS)) return null;
  const world = newWorld();
  const open: SessionSeen[] = [];
  let asks = 0;
  let taken = 0n;
  for (let index = 0; index < plan.keys; index++) {
    let nth = 0;
    let asked = askAt(plan, index);
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
      if (plan.member) {
        asked = askAt(plan, index, nth++);
        if (plan.member.dimension === 'session') asked = among(asked, open);
      }
      if (passes(amount)) {
        taken += amount;
        // A session that is refused is closed again: it gains nothing.
        if (plan.member?.dimension === 'session') open.push(asked.session);
        if (attribute && !passes(1n, true)) break;
      } else amount = attribute ? amount / 2n : 0n;
    }
    if (taken === before) break;
  }
  return taken;
}
