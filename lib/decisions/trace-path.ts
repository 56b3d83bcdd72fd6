import type { DecisionRow, Trace } from '@/lib/decisions/model';
import type { Path, PathStep } from '@/lib/decisions/path-model';

/** A ledger entry as a path reads it. */
export interface Moved {
  revision: bigint;
  at: Date;
  kind: string;
  settled: bigint;
  held: bigint;
  settled_now: bigint;
  held_now: bigint;
  session_id: string | null;
  identity_id: string | null;
  decision_id: string | null;
  /** Revision of the exposure it is told with, where it moved another. */
  beside?: bigint;
}

/**
 * Several exposures that count as one, the first of them that of who asks: what moved any of them, in order, with what all
 * stood at. `stood`: what each stood at when the period began. Pure.
 */
export function asOne(ledgers: readonly { moved: readonly Moved[]; stood: bigint }[]): Moved[] {
  const standing = ledgers.map(({ moved: [first], stood }) =>
    first ? first.settled_now + first.held_now - first.settled - first.held : stood,
  );
  const all = ledgers.flatMap(({ moved }, index) => moved.map((entry) => ({ entry, index })));
  all.sort((a, b) => a.entry.at.getTime() - b.entry.at.getTime() || b.index - a.index || order(a.entry, b.entry));
  let revision = ledgers[0]!.moved[0] ? ledgers[0]!.moved[0].revision - 1n : 0n;
  return all.map(({ entry, index }) => {
    standing[index] = entry.settled_now + entry.held_now;
    if (index === 0) revision = entry.revision;
    const settled_now = standing.reduce((sum, one) => sum + one, 0n);
    return { ...entry, settled_now, held_now: 0n, ...(index ? { beside: revision } : {}) };
  });
}

const order = (a: Moved, b: Moved): number => (a.revision < b.revision ? -1 : 1);

/** A refused decision with what this exposure asked and stood at. */
export interface Refused {
  decision: DecisionRow;
  asked: bigint;
  standing: bigint;
  revision: bigint;
}

const ownerOf = (part: { session_id: string | null; identity_id: string | null }): string =>
  part.session_id ?? `identity:${part.identity_id}`;

/** What this exposure saw in a refused decision, from its trace; null when it was not looked at. */
export function refusedOf(decision: DecisionRow, trace: Trace, exposureId: string): Refused | null {
  const seen = trace.exposures.find((one) => one.exposureId === exposureId);
  if (!seen) return null;
  const standing = BigInt(seen.settledBefore) + BigInt(seen.heldBefore);
  return { decision, asked: BigInt(seen.amount), standing, revision: BigInt(seen.revision) };
}

/**
 * What each session had when the period began, told by what left the window in it: a leave first takes what was counted
 * within the period in its slice, the rest was there before. Pure.
 */
function ownBefore(moved: Moved[], windowSecs: number | null): Map<string, bigint> {
  const before = new Map<string, bigint>();
  const counted = new Map<string, { atMs: number; left: bigint }[]>();
  const running = new Map<string, bigint>();
  for (const entry of moved) {
    const key = ownerOf(entry);
    const inside = counted.get(key) ?? [];
    counted.set(key, inside);
    // What a longer window brought back had been counted before.
    if (entry.settled > 0n && entry.kind === 'leave') inside.unshift({ atMs: 0, left: entry.settled });
    else if (entry.settled > 0n) inside.push({ atMs: entry.at.getTime(), left: entry.settled });
    else if (entry.kind === 'leave' && windowSecs !== null) {
      const sliceEndMs = entry.at.getTime() - windowSecs * 1000;
      let rest = -entry.settled;
      for (const one of inside) {
        if (one.atMs > sliceEndMs || rest === 0n) break;
        const taken = one.left < rest ? one.left : rest;
        one.left -= taken;
        rest -= taken;
      }
      before.set(key, (before.get(key) ?? 0n) + rest);
    }
  }
  // A hold given back in the period may have been taken before it: no session ever had less than nothing.
  for (const entry of moved) {
    const key = ownerOf(entry);
    const now = (running.get(key) ?? 0n) + entry.settled + entry.held;
    running.set(key, now);
    if ((before.get(key) ?? 0n) + now < 0n) before.set(key, -now);
  }
  return before;
}

/**
 * Puts ledger entries and refusals in the one order in which they happened: a refusal stands behind the revision it saw.
 * Each session starts with what it had when the period began. Pure.
 */
export function tracePath(
  moved: Moved[],
  refused: Refused[],
  decisions: ReadonlyMap<string, DecisionRow>,
  windowSecs: number | null,
): PathStep[] {
  const own = ownBefore(moved, windowSecs);
  const steps: PathStep[] = [];
  const waiting = [...refused].sort((a, b) =>
    a.revision === b.revision ? (a.decision.id < b.decision.id ? -1 : 1) : a.revision < b.revision ? -1 : 1,
  );
  const refuse = (one: Refused): void => {
    const { decision } = one;
    const key = ownerOf({ session_id: decision.sessionId, identity_id: decision.identityId });
    steps.push({
      at: decision.at,
      revision: null,
      kind: 'refused',
      decisionId: decision.id,
      sessionId: decision.sessionId,
      identityId: decision.identityId,
      action: decision.action,
      amount: one.asked.toString(),
      after: one.standing.toString(),
      own: (own.get(key) ?? 0n).toString(),
      verdict: decision.verdict,
      alone: decision.alone,
    });
  };
  for (const entry of moved) {
    while (waiting.length && waiting[0]!.revision < (entry.beside ?? entry.revision)) refuse(waiting.shift()!);
    const amount = entry.settled + entry.held;
    const key = ownerOf(entry);
    own.set(key, (own.get(key) ?? 0n) + amount);
    const decision = entry.decision_id ? decisions.get(entry.decision_id) : undefined;
    steps.push({
      at: entry.at.toISOString(),
      revision: entry.revision.toString(),
      kind: entry.kind as PathStep['kind'],
      decisionId: entry.decision_id,
      sessionId: entry.session_id,
      identityId: entry.identity_id,
      action: decision?.action ?? null,
      amount: amount.toString(),
      after: (entry.settled_now + entry.held_now).toString(),
      own: own.get(key)!.toString(),
      verdict: decision?.verdict ?? null,
      alone: decision?.alone ?? null,
    });
  }
  for (const one of waiting) refuse(one);
  return steps;
}

/** The first step refused because the sum would have crossed the limit. */
export function crossingOf(steps: PathStep[], limit: bigint | null): number | null {
  const index = steps.findIndex(
    (step) => step.kind === 'refused' && limit !== null && BigInt(step.after) + BigInt(step.amount) > limit,
  );
  return index < 0 ? null : index;
}

/** Shares per session at the end of the steps, largest first. */
export function sharesOf(
  steps: PathStep[],
): Map<string, { sessionId: string | null; identityId: string; share: bigint }> {
  const shares = new Map<string, { sessionId: string | null; identityId: string; share: bigint }>();
  for (const step of steps) {
    const key = ownerOf({ session_id: step.sessionId, identity_id: step.identityId });
    shares.set(key, { sessionId: step.sessionId, identityId: step.identityId ?? '', share: BigInt(step.own) });
  }
  return new Map([...shares].sort((a, b) => (b[1].share > a[1].share ? 1 : b[1].share < a[1].share ? -1 : 0)));
}

export type Strands = Path['strands'];
