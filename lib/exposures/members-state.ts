import { move, ownSums, type Who } from '@/lib/exposures/counters-state';
import type { Entry, ExposureState, Members, MemberUse } from '@/lib/exposures/model';
import { LIVE, sliceEnd } from '@/lib/exposures/window-state';

// The values a `distinct` meter has seen, pure. A value counts once, however many sessions use it, for as long as one of
// their uses is in the window; its entry in the ledger names the session that brought it.

/** More values than this in one exposure are refused: the set is held in memory while its row is locked. */
export const MAX_MEMBERS = 10_000;

export const noMembers = (): Members => ({ uses: new Map(), nextMs: Number.POSITIVE_INFINITY, dirty: new Set() });

export const membersOf = (state: ExposureState): Members => {
  state.members ??= noMembers();
  return state.members;
};

/** Whether a value counts already: asking it again adds nothing. */
export const counts = (state: ExposureState, member: string): boolean => {
  const uses = state.members?.uses.get(member);
  return uses !== undefined && [...uses.values()].some((use) => use.settledMs !== null);
};

/** The same in one session's own ledger. */
export const countsAlone = (state: ExposureState, member: string, sessionId: string): boolean =>
  (state.members?.uses.get(member)?.get(sessionId)?.aloneMs ?? null) !== null;

/** Puts a use read from the store into the state and its sums. */
export function putUse(state: ExposureState, member: string, sessionId: string, use: MemberUse): void {
  const members = membersOf(state);
  const uses = members.uses.get(member) ?? new Map<string, MemberUse>();
  uses.set(sessionId, use);
  members.uses.set(member, uses);
  const sums = ownSums(state, sessionId);
  if (use.brought) sums.settled += 1n;
  if (use.aloneMs !== null) sums.alone += 1n;
  members.nextMs = 0;
}

function entryOf(state: ExposureState, member: string, sessionId: string): MemberUse {
  const members = membersOf(state);
  let uses = members.uses.get(member);
  if (!uses) {
    uses = new Map();
    members.uses.set(member, uses);
  }
  let use = uses.get(sessionId);
  if (!use) {
    use = { settledMs: null, aloneMs: null, brought: false };
    uses.set(sessionId, use);
  }
  return use;
}

function touched(state: ExposureState, member: string): void {
  const members = membersOf(state);
  members.dirty.add(member);
  members.nextMs = 0;
  state.dirty = true;
}

/** Counts an allowed value: an entry where it is new, none where it counts already (it then counts for longer). */
export function settleValue(
  state: ExposureState,
  atMs: number,
  member: string,
  who: Who & { sessionId: string },
): Entry[] {
  const present = counts(state, member);
  const use = entryOf(state, member, who.sessionId);
  const endMs = sliceEnd(atMs, state.windowSecs, state.calendar);
  if (present && use.settledMs === endMs) return [];
  use.settledMs = endMs;
  touched(state, member);
  if (present) return [];
  use.brought = true;
  ownSums(state, who.sessionId).settled += 1n;
  return [move(state, 'settle', atMs, 1n, 0n, who)];
}

/** What a per-session control would have granted this session. */
export function growValue(state: ExposureState, atMs: number, member: string, sessionId: string): void {
  const use = entryOf(state, member, sessionId);
  const endMs = sliceEnd(atMs, state.windowSecs, state.calendar);
  if (use.aloneMs === endMs) return;
  if (use.aloneMs === null) ownSums(state, sessionId).alone += 1n;
  use.aloneMs = endMs;
  touched(state, member);
}

/**
 * Gives back a value that a decision at `countedMs` brought. Nothing where it still counts for somebody else, or for a later
 * use of the same session: then it counts no longer because of that decision.
 */
export function giveBackValue(
  state: ExposureState,
  atMs: number,
  countedMs: number,
  member: string,
  who: Who & { sessionId: string },
): Entry[] {
  const uses = state.members?.uses.get(member);
  const use = uses?.get(who.sessionId);
  const endMs = sliceEnd(countedMs, state.windowSecs, state.calendar);
  if (!uses || !use?.brought || use.settledMs !== endMs) return [];
  for (const other of uses.values()) if (other !== use && other.settledMs !== null) return [];
  use.settledMs = null;
  use.brought = false;
  const sums = ownSums(state, who.sessionId);
  sums.settled -= 1n;
  if (use.aloneMs === endMs) {
    use.aloneMs = null;
    sums.alone -= 1n;
  }
  touched(state, member);
  if (use.aloneMs === null) uses.delete(who.sessionId);
  if (!uses.size) membersOf(state).uses.delete(member);
  return [move(state, 'release', atMs, -1n, 0n, who)];
}

/** Lets go of uses that have left the window, and of values nobody uses any more. */
export function advanceMembers(
  state: ExposureState,
  nowMs: number,
  spanSecs: number | null,
  ended: ReadonlySet<string>,
): Entry[] {
  const { members } = state;
  if (!members || (state.calendar !== LIVE && (spanSecs === null || nowMs < members.nextMs))) return [];
  const left: { member: string; atMs: number }[] = [];
  members.nextMs = Number.POSITIVE_INFINITY;
  for (const [member, uses] of members.uses) {
    const atMs = fade(state, member, uses, { nowMs, spanSecs, ended });
    if (atMs !== null) left.push({ member, atMs });
  }
  left.sort((a, b) => a.atMs - b.atMs || (a.member < b.member ? -1 : 1));
  return left.map(({ member, atMs }) => leave(state, member, atMs));
}

interface Leaving {
  nowMs: number;
  spanSecs: number | null;
  ended: ReadonlySet<string>;
}

/** Forgets what has left of one value. Answers when its last use that counted left; null: it still counts, or never did. */
function fade(
  state: ExposureState,
  member: string,
  uses: Map<string, MemberUse>,
  { nowMs, spanSecs, ended }: Leaving,
): number | null {
  const members = membersOf(state);
  const leavesAt = (endMs: number, sessionId: string): number =>
    state.calendar === LIVE
      ? ended.has(sessionId)
        ? nowMs
        : Number.POSITIVE_INFINITY
      : spanSecs === null
        ? Number.POSITIVE_INFINITY
        : endMs + spanSecs * 1000;
  let lastMs: number | null = null;
  let counting = false;
  for (const [sessionId, use] of uses) {
    const settledMs = use.settledMs === null ? null : leavesAt(use.settledMs, sessionId);
    if (settledMs !== null && settledMs <= nowMs) {
      use.settledMs = null;
      lastMs = Math.max(lastMs ?? 0, settledMs);
      members.dirty.add(member);
    } else if (settledMs !== null) {
      counting = true;
      members.nextMs = Math.min(members.nextMs, settledMs);
    }
    const aloneMs = use.aloneMs === null ? null : leavesAt(use.aloneMs, sessionId);
    if (aloneMs !== null && aloneMs <= nowMs) {
      use.aloneMs = null;
      ownSums(state, sessionId).alone -= 1n;
      members.dirty.add(member);
    } else if (aloneMs !== null) members.nextMs = Math.min(members.nextMs, aloneMs);
    if (use.settledMs === null && use.aloneMs === null && !use.brought) uses.delete(sessionId);
  }
  if (members.dirty.has(member)) state.dirty = true;
  if (!uses.size) members.uses.delete(member);
  return counting ? null : lastMs;
}

function leave(state: ExposureState, member: string, atMs: number): Entry {
  const uses = membersOf(state).uses.get(member);
  let sessionId: string | null = null;
  for (const [id, use] of uses ?? []) {
    if (!use.brought) continue;
    sessionId = id;
    use.brought = false;
    ownSums(state, id).settled -= 1n;
    if (use.aloneMs === null) uses!.delete(id);
  }
  if (uses && !uses.size) membersOf(state).uses.delete(member);
  const identityId = sessionId === null ? null : (state.names.get(sessionId)?.identityId ?? null);
  return move(state, 'leave', atMs, -1n, 0n, { sessionId, identityId, decisionId: null, holdId: null });
}
