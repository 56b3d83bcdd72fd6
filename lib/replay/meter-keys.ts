import type { Meter } from '@/lib/policies/compiled-model';
import { SCOPES } from '@/lib/policies/model';
import { pathsOf } from '@/lib/policies/paths-of';

/** One thing a meter counts apart by, as an attacker could vary it. */
export interface MeterKey {
  /** A word (`session`, `workload`), or the member of the request: `context.account`. */
  dimension: string;
  /** Which part of `per` it stands in; null where `per` is one expression. */
  part: number | null;
  /** The part is this member and nothing else: its values are the keys. */
  whole: boolean;
  /** Where it stands in the request; null: what is varied is who asks, or the session. */
  names: string[] | null;
}

/** A key the analysis can't vary, and why. */
export interface Unvaried {
  key: string;
  why: string;
}

const WORDS = new Map(Object.entries(SCOPES).map(([word, path]) => [path, word]));
/** What a caller says of its session. */
const SAID = [
  'id',
  'network',
  'region',
  'device',
  'runtime',
  'agent',
  'key',
  'task',
  'scope',
  'posture',
  'label',
  'asn',
];
const SAME: Record<string, string> = {
  'session.key': 'credential',
  'session.identity_id': 'identity',
  'identity.name': 'identity',
  'subject.id': 'identity',
  'context.braid.credential.id': 'credential',
};
const REQUEST = ['context', 'resource', 'subject', 'action'];
const REGISTERED = 'It is what Braid knows of an identity, not what a caller says.';

/** What varies one member; a text: why nothing does. */
function wayOf(names: string[]): { dimension: string; names: string[] | null } | string {
  const path = names.join('.');
  if (path.startsWith('context.braid.session.')) return wayOf(names.slice(2));
  const dimension = SAME[path] ?? WORDS.get(path);
  const [root, field] = names;
  if (root === 'workflow' || (root === 'identity' && dimension !== 'identity')) return REGISTERED;
  if (dimension) return { dimension, names: null };
  if (root === 'session' && names.length === 2 && SAID.includes(field!)) return { dimension: path, names: null };
  if (path === 'action.class') return 'It follows from the name of the action.';
  if (!REQUEST.includes(root!) || names.length < 2 || (root === 'context' && field === 'braid'))
    return 'The simulated attacker has no way to vary it.';
  return { dimension: path, names };
}

/** By what a meter counts apart: the members its `per` reads. Pure. */
export function meterKeys(meter: Meter): { keys: MeterKey[]; unvaried: Unvaried[] } {
  const keys = new Map<string, MeterKey>();
  const unvaried = new Map<string, Unvaried>();
  for (const [index, { source }] of meter.per.entries()) {
    const paths = pathsOf(source);
    const part = meter.per.length > 1 ? index : null;
    for (const { names, dynamic } of paths) {
      const way = dynamic ? 'It is an entry of a list.' : wayOf(names);
      const whole = paths.length === 1 && source.trim() === names.join('.');
      const key = WORDS.get(names.join('.')) ?? names.join('.');
      if (typeof way === 'string') unvaried.set(key, { key, why: way });
      else if (!keys.has(way.dimension)) keys.set(way.dimension, { ...way, part, whole });
    }
  }
  return { keys: [...keys.values()], unvaried: [...unvaried.values()] };
}
