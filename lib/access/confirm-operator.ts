import type { OperatorSessionCtx } from '@/lib/access/find-operator-session';
import { limitAttempts } from '@/lib/access/limit-attempts';
import { operatorSignedIn } from '@/lib/access/store';
import { verifyPassword } from '@/lib/access/verify-password';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** So long a sign-in, or a password given again, counts as fresh. */
const FRESH_MS = 10 * 60 * 1000;
const MAX_KEPT = 10_000;

// On globalThis because Next loads a module once per bundle. Another console process asks again: no harm.
const held = globalThis as typeof globalThis & { __braidConfirmed?: Map<string, number> };

/**
 * Before what reaches far (a policy that binds, an exemption): the operator has signed in, or given the password, within ten
 * minutes. A session left open on a desk is not enough. Throws `access.confirm` where a password is wanted or is wrong,
 * `access.rate_limited` after too many wrong ones.
 */
export async function confirmOperator(
  ctx: Pick<OperatorSessionCtx, 'actor' | 'sessionId' | 'ip'>,
  password: string | undefined,
): Promise<void> {
  held.__braidConfirmed ??= new Map();
  const confirmed = held.__braidConfirmed;
  const session = await operatorSignedIn(ctx.sessionId);
  if (!session) throw new BraidError('access.unauthenticated', 'You have been signed out. Sign in again.');
  const fresh = Math.max(session.createdAt.getTime(), confirmed.get(ctx.sessionId) ?? 0);
  if (clock.ms() - fresh <= FRESH_MS) return;
  if (!password) throw new BraidError('access.confirm', 'You signed in a while ago: give your password again.');
  const attempts = await limitAttempts(`password of ${ctx.actor.id}`, ctx.ip ?? 'unknown');
  if (!(await verifyPassword(password, session.operator.passwordHash)))
    throw new BraidError('access.confirm', 'That password is not right.');
  await attempts.forget();
  if (confirmed.size >= MAX_KEPT) confirmed.clear();
  confirmed.set(ctx.sessionId, clock.ms());
}
