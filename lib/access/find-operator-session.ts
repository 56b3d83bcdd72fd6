import { type Ctx, roleSchema } from '@/lib/access/model';
import { liveSession, touchSession } from '@/lib/access/store';
import { clock } from '@/lib/platform/clock';

export interface OperatorSessionCtx extends Ctx {
  actor: Extract<Ctx['actor'], { kind: 'operator' }>;
  sessionId: string;
  email: string;
}

const TOUCH_MS = 60_000;

/** Who acts in this operator session, read from its row every time: undefined when it ended, expired, or the operator is disabled. */
export async function findOperatorSession(sessionId: string): Promise<OperatorSessionCtx | undefined> {
  const now = clock.now();
  const session = await liveSession(sessionId, now);
  if (!session) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_MS) await touchSession(sessionId, now);
  const { operator } = session;
  const role = roleSchema.parse(operator.role);
  return {
    actor: { kind: 'operator', id: operator.id, name: operator.name, role },
    sessionId,
    email: operator.email,
  };
}
