import { heldIn } from '@/lib/access/grants/store';
import { type Ctx, roleSchema } from '@/lib/access/model';
import { liveSession, touchSession } from '@/lib/access/store';
import { clock } from '@/lib/platform/clock';

export interface OperatorSessionCtx extends Ctx {
  actor: Extract<Ctx['actor'], { kind: 'operator' }>;
  sessionId: string;
  email: string;
}

const TOUCH_MS = 60_000;

/**
 * Who acts in this operator session, read from its row every time: undefined when it ended, expired, or the operator is
 * disabled. With the role they hold for a time, if it is held in this very session now.
 */
export async function findOperatorSession(sessionId: string): Promise<OperatorSessionCtx | undefined> {
  const now = clock.now();
  const [session, held] = await Promise.all([liveSession(sessionId, now), heldIn(sessionId, now)]);
  if (!session) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_MS) await touchSession(sessionId, now);
  const { operator } = session;
  const role = roleSchema.parse(operator.role);
  const grant = held?.until
    ? { id: held.id, role: roleSchema.parse(held.role), untilMs: held.until.getTime() }
    : undefined;
  return {
    actor: { kind: 'operator', id: operator.id, name: operator.name, role, ...(grant ? { grant } : {}) },
    sessionId,
    email: operator.email,
  };
}
