import { type LiveSession, PACE_MINUTES, type Ranked, type Room, type Worth } from '@/lib/triage/model';

const HOUR = 60;

/** What one minute brings at the pace of the last ten, minor units in thousandths so that little is not nothing. */
export const perMinuteMilli = (amount: string): bigint => (BigInt(amount) * 1000n) / BigInt(PACE_MINUTES);

const minutesText = (minutes: number): string =>
  minutes < 1 ? 'under a minute' : minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;

/** The room that is gone first at this session's own pace. */
function headroom(session: LiveSession, rooms: readonly Room[]): Ranked['headroom'] {
  let soonest: { minutes: number; room: Room } | undefined;
  for (const room of rooms.filter((one) => one.sessionIds.includes(session.id))) {
    if (room.left <= 0n) return { points: 50, why: `${room.name} has no room left.` };
    const own = session.spent.find((one) => one.unit === room.unit && one.scale === room.scale);
    const pace = own ? perMinuteMilli(own.amount) : 0n;
    if (pace <= 0n) continue;
    const minutes = Number((room.left * 1000n) / pace);
    if (!soonest || minutes < soonest.minutes) soonest = { minutes, room };
  }
  if (!soonest) return { points: 0, why: 'It spends from no limit.' };
  // A minute away: 50; an hour or more: 15. Whoever spends at all comes before who does not.
  const share = 1 - Math.min(1, Math.log(Math.max(1, soonest.minutes)) / Math.log(HOUR));
  return {
    points: Math.round(15 + 35 * share),
    why: `At its pace ${soonest.room.name} is used up in ${minutesText(soonest.minutes)}.`,
  };
}

function reach({ bound, scoped, ends }: LiveSession): Ranked['reach'] {
  const open = [bound ? null : 'bound to nothing', scoped ? null : 'without a scope', ends ? null : 'without an end'];
  const told = open.filter((one) => one !== null);
  return {
    points: told.length * 10,
    why: told.length
      ? `${told.join(', ')}.`.replace(/^./, (letter) => letter.toUpperCase())
      : 'Bound, scoped, and it ends by itself.',
  };
}

function speed({ canEnd, endsInMs }: LiveSession): Ranked['speed'] {
  if (!canEnd) return { points: 0, why: 'Its system can’t end it: only the decision point refuses it.' };
  if (endsInMs === null) return { points: 10, why: 'The decision point refuses it at once; nothing else knows it.' };
  const seconds = endsInMs / 1000;
  const points = seconds <= 1 ? 20 : seconds <= 10 ? 15 : seconds <= 60 ? 10 : 5;
  return {
    points,
    why: `Its end is proven ${seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`} after the click.`,
  };
}

/** Live sessions, the one to end first first. Equal ones stay in the order they came. */
export function rank(sessions: readonly LiveSession[], rooms: readonly Room[]): Ranked[] {
  return sessions
    .map((session) => {
      const parts = { headroom: headroom(session, rooms), reach: reach(session), speed: speed(session) };
      const score = parts.headroom.points + parts.reach.points + parts.speed.points;
      return { sessionId: session.id, label: session.label, score, ...parts, canEnd: session.canEnd };
    })
    .sort((a, b) => b.score - a.score);
}

/** What passes in `ms` at this pace, rounded up: a loss is never told smaller than it is. */
export const inFlightOf = (worth: Worth, ms: number): string => {
  const milli = perMinuteMilli(worth.amount) * BigInt(Math.ceil(ms));
  const unit = 60_000n * 1000n;
  return ((milli + unit - 1n) / unit).toString();
};
