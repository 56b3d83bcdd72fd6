import { counts } from '@/lib/exposures/members-state';
import type { ExposureState, Members, MemberUse } from '@/lib/exposures/model';
import type { Touch } from '@/lib/policies/compiled-model';

// Who was merged into another goes on counting where they counted, and counts for the other. Nothing is moved for it: every
// exposure keeps its own ledger, and what is judged is judged on all of them together. Pure.

/** What an exposure stands at for who asks: its own state, with that of those who were merged into them. */
export function stateNow(
  { exposureId, formerly }: Pick<Touch, 'exposureId' | 'formerly'>,
  states: ReadonlyMap<string, ExposureState>,
): ExposureState | undefined {
  const own = states.get(exposureId);
  if (!own || !formerly) return own;
  const all = [own, ...formerly.flatMap((one) => states.get(one.exposureId) ?? [])];
  return all.length === 1 ? own : together(all as [ExposureState, ...ExposureState[]]);
}

function together(all: [ExposureState, ...ExposureState[]]): ExposureState {
  const [own] = all;
  const members = own.kind === 'distinct' ? allMembers(all) : undefined;
  const sum = (pick: (one: ExposureState) => bigint) => all.reduce((total, one) => total + pick(one), 0n);
  const whole: ExposureState = {
    ...own,
    settled: sum((one) => one.settled),
    held: sum((one) => one.held),
    sums: allSums(all),
    names: new Map(all.flatMap((one) => [...one.names])),
    ...(members ? { members } : {}),
  };
  // A value that two of them count is one value.
  if (members) whole.settled = BigInt([...members.uses.keys()].filter((value) => counts(whole, value)).length);
  return whole;
}

function allSums(all: readonly ExposureState[]): ExposureState['sums'] {
  const sums: ExposureState['sums'] = new Map();
  for (const { sums: own } of all)
    for (const [sessionId, one] of own) {
      const before = sums.get(sessionId) ?? { settled: 0n, held: 0n, alone: 0n };
      const { settled, held, alone } = before;
      sums.set(sessionId, { settled: settled + one.settled, held: held + one.held, alone: alone + one.alone });
    }
  return sums;
}

const later = (a: number | null, b: number | null): number | null => (a === null || (b !== null && b > a) ? b : a);

function allMembers(all: readonly ExposureState[]): Members {
  const uses: Members['uses'] = new Map();
  for (const { members } of all)
    for (const [value, own] of members?.uses ?? []) {
      const known = uses.get(value) ?? new Map<string, MemberUse>();
      for (const [sessionId, use] of own) {
        const before = known.get(sessionId);
        known.set(sessionId, {
          settledMs: later(use.settledMs, before?.settledMs ?? null),
          aloneMs: later(use.aloneMs, before?.aloneMs ?? null),
          brought: use.brought || before?.brought === true,
        });
      }
      uses.set(value, known);
    }
  return { uses, nextMs: 0, dirty: new Set() };
}
