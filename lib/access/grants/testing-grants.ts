import { beforeAll, beforeEach } from 'vitest';
import { createOperator } from '@/lib/access/create-operator';
import { findOperatorSession, type OperatorSessionCtx } from '@/lib/access/find-operator-session';
import { answer } from '@/lib/access/grants/answer';
import { ask } from '@/lib/access/grants/ask';
import { type Ctx, may, type OperatorRow, type Role } from '@/lib/access/model';
import { signIn } from '@/lib/access/sign-in';
import { clock } from '@/lib/platform/clock';

// Operators who are really signed in, for tests of roles held for a time.

export const PASSWORD = 'a long enough password';
export const REASON = 'the night shift is ill';
export const cli: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
let made = 0;

export async function person(role: Role): Promise<OperatorRow> {
  made += 1;
  return createOperator(cli, { email: `p${made}@example.com`, name: `Person ${made}`, role, password: PASSWORD });
}

/** Signs in, from an address of its own. */
export const entered = ({ email }: { email: string }): Promise<string> => {
  made += 1;
  return signIn({ input: { email, password: PASSWORD }, ip: `10.1.${made >> 8}.${made & 255}` });
};

/** Who acts in this console session now. */
export const as = async (session: string): Promise<OperatorSessionCtx> => (await findOperatorSession(session))!;

export const mayRevoke = async (session: string): Promise<boolean> => {
  const ctx = await findOperatorSession(session);
  return ctx !== undefined && may(ctx.actor, 'identity.revoke');
};

/** An administrator who has just signed in, before each test. */
export function signedInAdmin(): { admin: OperatorRow; session: string } {
  const there = {} as { admin: OperatorRow; session: string };
  beforeAll(async () => {
    there.admin = await person('admin');
  });
  beforeEach(async () => {
    clock.set();
    there.session = await entered(there.admin);
  });
  return there;
}

/** An analyst who holds a role for an hour. */
export async function elevated(adminSession: string, role: 'responder' | 'admin' = 'responder') {
  const analyst = await person('analyst');
  const session = await entered(analyst);
  const { id } = await ask(await as(session), { role, minutes: 60, reason: REASON });
  const row = await answer(await as(adminSession), { id, answer: 'grant', reason: 'agreed on the phone' });
  return { analyst, session, id, until: Date.parse(row.until!) };
}
