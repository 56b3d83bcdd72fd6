import { ENDINGS, type GrantRow } from '@/lib/access/grants/model';

/** "30 min", "4 h", "1 h 30 min". */
export function minutesText(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours ? `${hours} h` : '', rest || !hours ? `${rest} min` : ''].filter(Boolean).join(' ');
}

/** "4:05:09", "12:04": what is left of it; null: it is over. */
export function leftText(untilIso: string, nowMs: number): string | null {
  const secs = Math.ceil((Date.parse(untilIso) - nowMs) / 1000);
  if (secs <= 0) return null;
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(secs / 3600), Math.floor(secs / 60) % 60, secs % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** What has just become of what one asked for, told to who asked; null: nothing to tell. */
export function newsText(row: GrantRow): string | null {
  const role = row.role ?? row.askedRole;
  if (row.state === 'live') return `You act as ${role} for a time: ${row.answeredBy} granted it.`;
  if (row.state === 'declined') return `${row.answeredBy} declined: ${row.answer}`;
  if (row.state === 'waiting') return null;
  const why = row.endReason ? ` (${row.endReason})` : '';
  if (row.endedHow === 'ended_early') return `${row.endedBy} ended your role as ${role}${why}.`;
  return row.role ? `You no longer act as ${role}: ${ENDINGS[row.endedHow ?? 'expired']}.` : null;
}

/** The grant in one sentence. */
export function grantText(row: GrantRow): string {
  const { operatorName: who, askedRole, answeredBy } = row;
  const role = row.role ?? askedRole;
  if (row.state === 'waiting') return `${who} asks to be ${askedRole} for ${minutesText(row.askedMinutes)}.`;
  if (row.state === 'live') return `${who} is ${role} for a time: ${answeredBy} granted it.`;
  if (row.state === 'declined') return `${answeredBy} did not let ${who} be ${askedRole}.`;
  if (row.role === null) return `${who} asked to be ${askedRole}: ${ENDINGS[row.endedHow ?? 'lapsed']}.`;
  return `${who} was ${role} for a time, until it was over: ${ENDINGS[row.endedHow ?? 'expired']}.`;
}
