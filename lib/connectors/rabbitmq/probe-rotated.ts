import { setTimeout as sleep } from 'node:timers/promises';
import type { Probed, Residual, Rotation } from '@/lib/connectors/contract';
import { probing } from '@/lib/connectors/probing-model';
import { clientOf } from '@/lib/connectors/rabbitmq/client';
import { isRefusal, userOf } from '@/lib/connectors/rabbitmq/end';
import { type Account, passwordWorks } from '@/lib/connectors/rabbitmq/normalise';
import {
  applicationsOf,
  BETWEEN_READINGS_MS,
  check,
  isOutsider,
  listed,
  outsider,
  type Proof,
} from '@/lib/connectors/rabbitmq/probe';
import { keeps } from '@/lib/connectors/rabbitmq/rotate';
import { clock } from '@/lib/platform/clock';

const CACHE = 'rabbitmq_auth_backend_cache';

/** Who may not use the HTTP API is told so only after its password was right. */
const RIGHT_BUT = /not management user|only log in via localhost/i;

/** A login at the HTTP API, which opens nothing. null: it does not tell, or was not asked. */
async function tryLogin(
  proof: Proof,
  user: Account,
  password: string,
): Promise<{ right: boolean | null; saw: string }> {
  if (!passwordWorks(user)) return { right: null, saw: 'not tried: the user is shut out' };
  if ((await applicationsOf(proof))?.includes(CACHE))
    return { right: null, saw: 'not tried: the cache would remember it' };
  try {
    await clientOf(proof.config, { user: user.name, password }).get('/whoami');
    return { right: true, saw: 'let in' };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (RIGHT_BUT.test(error.publicMessage)) return { right: true, saw: 'password right; the HTTP API is not for it' };
    return user.tags.length ? { right: false, saw: 'refused' } : { right: null, saw: 'refused, and not told why' };
  }
}

/** Who else lets in by this name: a new password in RabbitMQ's own database does not touch it. */
async function beside(proof: Proof, checks: Probed['checks']): Promise<Residual[]> {
  const [others, running] = [await isOutsider(proof), await applicationsOf(proof)];
  const cached = running?.includes(CACHE);
  const certificates = running?.includes('rabbitmq_auth_mechanism_ssl');
  const found = [others && 'another backend', cached && 'a cache of logins', certificates && 'client certificates'];
  const saw = running === null ? 'not told by every node' : found.filter(Boolean).join(', ') || 'nobody';
  checks.push(check('who else lets in', saw));
  const left = (what: string, why: string, gap: Residual['gap']): Residual => ({
    what,
    why,
    until: null,
    ...(gap ? { gap } : {}),
  });
  return [
    ...(others
      ? [
          left(
            'tokens or passwords of another backend',
            'It lets in by this name whom it knows: change the secret there too. A token is good until it ends.',
            'G2',
          ),
        ]
      : []),
    ...(cached
      ? [
          left(
            'the old password, as the cache of logins remembers it',
            'rabbitmq_auth_backend_cache takes a password that worked until auth_cache.cache_ttl is over (15 s unless it is set otherwise; RabbitMQ does not tell).',
            'G7',
          ),
        ]
      : []),
    ...(certificates
      ? [
          left(
            'client certificates of this name',
            'rabbitmq_auth_mechanism_ssl lets them in without a password: a new one does not touch them.',
            'G11',
          ),
        ]
      : []),
  ];
}

/**
 * After a new password: gone = what RabbitMQ keeps is made of it, where a login can be tried it is right, and no connection was
 * there in two readings.
 */
export async function probeRotated(
  proof: Proof,
  name: string,
  { secret }: Rotation & { secret: Record<string, string> },
): Promise<Probed> {
  const { checks, said: say } = probing(() => clock.now().toISOString());
  const look = async (what: string) => {
    const [user, connections] = await Promise.all([userOf(proof, name), listed(proof, name)]);
    const opens = !user
      ? 'no such user'
      : !secret.password
        ? 'no new secret'
        : keeps(user, secret.password)
          ? 'the new password'
          : 'another password';
    const saw = `${opens}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
    checks.push(check(what, saw));
    return { user, saw, opens, connections };
  };
  const first = await look('user and connections read');
  if (first.connections) return say('alive', `${first.saw}: not by the new secret, which nobody has yet`);
  if (first.opens === 'no new secret') return say('unknown', 'no connection; no new secret to be tried');
  if (first.opens === 'another password') return say('alive', 'another password than the new one opens it');
  const tried = first.user ? await tryLogin(proof, first.user, secret.password!) : null;
  if (tried) checks.push(check('login with the new secret at the HTTP API', tried.saw));
  if (tried?.right === false)
    return say('alive', 'the new secret is refused: another backend is asked first, or it was changed again');
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('read again after a moment');
  if (second.connections) return say('alive', `${second.saw}: not by the new secret, which nobody has yet`);
  if (second.opens !== first.opens) return say('alive', second.saw);
  if (!second.user && (await isOutsider(proof))) return outsider(checks);
  return say('gone', `${second.saw}, read twice`, second.user ? await beside(proof, checks) : []);
}
