import { limitAttempts } from '@/lib/access/limit-attempts';
import { type SignInInput, signInSchema } from '@/lib/access/model';
import { changeOperator, findOperatorByEmail, insertSession, lockOperator } from '@/lib/access/store';
import { verifyPassword } from '@/lib/access/verify-password';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/** An operator signs in again after this long, whatever they do. */
export const SESSION_HOURS = 12;

const refused = () => new BraidError('access.unauthenticated', 'E-mail or password is not right.');

/**
 * Checks an operator's password and opens an operator session; returns its id.
 * Errors: `access.unauthenticated` (one text for every cause), `access.rate_limited`, `input.invalid`.
 */
export async function signIn(args: { input: SignInInput; ip: string; userAgent?: string }): Promise<string> {
  const parsed = signInSchema.safeParse(args.input);
  if (!parsed.success) throw refused();
  const { email, password } = parsed.data;
  const attempts = await limitAttempts(email, args.ip);
  const found = await findOperatorByEmail(undefined, email);
  const matches = await verifyPassword(password, found?.passwordHash);
  if (!found || !matches || found.state !== 'active') {
    if (found) await recordRefusal(found.id, found.name, args.ip);
    throw refused();
  }
  const now = clock.now();
  const id = newId();
  await transaction(async (tx) => {
    const operator = await lockOperator(tx, found.id);
    if (operator?.state !== 'active' || operator.passwordHash !== found.passwordHash) throw refused();
    await insertSession(tx, {
      id,
      operatorId: operator.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + SESSION_HOURS * 3_600_000),
      ip: args.ip.slice(0, 64),
      userAgent: args.userAgent?.slice(0, 300),
    });
    await changeOperator(tx, operator.id, { lastSignInAt: now });
    const actor = { kind: 'operator' as const, id: operator.id, name: operator.name, role: 'viewer' as const };
    const target = { type: 'operator', id: operator.id, name: operator.name };
    await record(tx, { actor }, { action: 'operator.sign_in', target, detail: { ip: args.ip, session: id } });
    await hint(tx, 'operator', [operator.id]);
  });
  await attempts.forget();
  return id;
}

async function recordRefusal(id: string, name: string, ip: string): Promise<void> {
  await transaction((tx) =>
    record(
      tx,
      { actor: { kind: 'system', name: 'sign-in' } },
      { action: 'operator.sign_in_refused', target: { type: 'operator', id, name }, detail: { ip } },
    ),
  );
}
