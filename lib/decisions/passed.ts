import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { readPassed } from '@/lib/decisions/passed/store';
import { type Passed, type PassedQuery, passedQuerySchema } from '@/lib/decisions/passed-model';
import { BraidError } from '@/lib/platform/errors';

const MOST_SESSIONS = 100;
const MOST_MS = 92 * 86_400_000;

type Worth = Passed['worth'];

function add(worth: Worth, unit: string | null, scale: number, amount: bigint | null): void {
  if (unit === null || !amount) return;
  const same = worth.find((one) => one.unit === unit && one.scale === scale);
  if (same) same.amount = (BigInt(same.amount) + amount).toString();
  else worth.push({ unit, scale, amount: amount.toString() });
}

/**
 * What one identity was allowed in [from, to), session by session: the loss, if that time was an incident. Throws
 * `input.invalid` for a time of more than 92 days.
 */
export async function passed(ctx: Ctx, query: PassedQuery): Promise<Passed> {
  authorise(ctx, 'console.read');
  const { identityId, from, to } = passedQuerySchema.parse(query);
  const span = Date.parse(to) - Date.parse(from);
  if (span <= 0 || span > MOST_MS) throw new BraidError('input.invalid', 'Ask for a time of up to 92 days.');
  const rows = await readPassed(identityId, new Date(from), new Date(to));
  const sessions = new Map<string, Passed['sessions'][number]>();
  const worth: Worth = [];
  for (const row of rows) {
    const key = row.session_id ?? '';
    const session = sessions.get(key) ?? {
      sessionId: row.session_id,
      label: row.session_id ? (row.label ?? '') : 'no session named',
      allowed: 0,
      givenBack: 0,
      stopped: 0,
      worth: [],
    };
    session.allowed += row.allowed;
    session.givenBack += row.given_back;
    session.stopped += row.stopped;
    add(session.worth, row.unit, row.scale, row.amount);
    add(worth, row.unit, row.scale, row.amount);
    sessions.set(key, session);
  }
  const all = [...sessions.values()].sort((a, b) => b.allowed - a.allowed);
  return {
    from,
    to,
    allowed: all.reduce((sum, one) => sum + one.allowed, 0),
    stopped: all.reduce((sum, one) => sum + one.stopped, 0),
    worth,
    sessions: all.slice(0, MOST_SESSIONS),
    sessionsTotal: all.length,
  };
}
