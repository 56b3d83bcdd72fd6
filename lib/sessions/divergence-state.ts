import { classOfAction } from '@/lib/findings/detect-read-change-split';
import type { ActivityClass, Divergence } from '@/lib/sessions/model';

/** What one session did in a range, by class of action. Times in ms; `end` null: live. */
export interface Activity {
  id: string;
  label: string;
  start: number;
  end: number | null;
  counts: Partial<Record<ActivityClass, number>>;
}

/** Sessions named in the result, busiest first. */
const NAMED = 8;

/** The class of a stored event or of a decision's action. null: opening and closing is no activity. */
export function activityOf(kind: 'event' | 'decision', word: string): ActivityClass | null {
  if (kind === 'event') {
    if (word === 'session') return null;
    return word === 'read' || word === 'change' || word === 'approval' || word === 'export' ? word : 'other';
  }
  if (/approv/i.test(word)) return 'approval';
  if (/export|download|dump/i.test(word)) return 'export';
  return classOfAction(word);
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Shannon entropy, bits. */
const entropy = (counts: readonly number[], total: number): number =>
  sum(counts.map((count) => (count > 0 ? -(count / total) * Math.log2(count / total) : 0)));

/**
 * How differently the sessions behave, 0 (all alike) to 1 (none does what another does): the generalised Jensen–Shannon
 * divergence H(Σ wᵢPᵢ) − Σ wᵢH(Pᵢ) in bits, Pᵢ being a session's shares of the classes and wᵢ its share of all events,
 * over its bound log₂ min(sessions, classes that occur): for two sessions plainly the divergence of the two. Source: J. Lin,
 * "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37(1), 1991, eq. 5.1. It describes; alone it is no finding.
 */
export function divergenceOf(mixes: readonly Activity['counts'][]): number | null {
  const active = mixes
    .map((mix) => Object.entries(mix).filter(([, count]) => count > 0))
    .filter((mix) => mix.length > 0);
  if (active.length < 2) return null;
  const whole = new Map<string, number>();
  for (const [name, count] of active.flat()) whole.set(name, (whole.get(name) ?? 0) + count);
  const total = sum(whole.values());
  const within = active.map((mix) => {
    const counts = mix.map(([, count]) => count);
    const size = sum(counts);
    return (size / total) * entropy(counts, size);
  });
  const bound = Math.log2(Math.min(active.length, whole.size));
  if (bound === 0) return 0;
  return Math.min(1, Math.max(0, (entropy([...whole.values()], total) - sum(within)) / bound));
}

const size = (session: Activity): number => sum(Object.values(session.counts));
const overlap = (a: Activity, b: Activity): boolean =>
  a.start <= (b.end ?? Number.POSITIVE_INFINITY) && b.start <= (a.end ?? Number.POSITIVE_INFINITY);

/** Of the sessions that did something beside another one that did. null: fewer than two. */
export function divergence(sessions: readonly Activity[]): Divergence | null {
  const active = sessions.filter((session) => size(session) > 0);
  const beside = active.filter((one) => active.some((other) => other !== one && overlap(one, other)));
  const score = divergenceOf(beside.map((session) => session.counts));
  if (score === null) return null;
  const named = [...beside].sort((a, b) => size(b) - size(a) || (a.id < b.id ? -1 : 1)).slice(0, NAMED);
  return {
    score: Math.round(score * 100) / 100,
    sessions: beside.length,
    named: named.map((session) => {
      const [mostly] = Object.entries(session.counts).sort((a, b) => b[1] - a[1]);
      return { id: session.id, label: session.label, mostly: mostly![0] as ActivityClass, events: size(session) };
    }),
  };
}
