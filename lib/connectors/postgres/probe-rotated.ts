import { setTimeout as sleep } from 'node:timers/promises';
import type { Probed, Residual, Rotation } from '@/lib/connectors/contract';
import { explain, openAs } from '@/lib/connectors/postgres/client';
import type { Config } from '@/lib/connectors/postgres/manifest';
import { members } from '@/lib/connectors/postgres/predict';
import {
  BETWEEN_READINGS_MS,
  check,
  type Proof,
  pooledLeft,
  preparedLeft,
  read,
  SHUT,
  words,
} from '@/lib/connectors/postgres/probe';
import { isVerifierOf } from '@/lib/connectors/postgres/scram';
import { asksPassword, expiredAt, storedPassword, type Way, waysOf } from '@/lib/connectors/postgres/ways';

interface Tried {
  /** `taken`: it was asked for and was right, whatever came after. `unasked`: nobody wanted a password. `kept out`: before one was asked. */
  outcome: 'taken' | 'unasked' | 'refused' | 'kept out';
  saw: string;
  /** Of the login that was let in, as its client was told. */
  pid: number | null;
}

/** A login with the new secret, closed at once. A role has one password: where this one is right, no other is. */
async function tryLogin(config: Config, role: string, secret: string): Promise<Tried> {
  let asked = false;
  let right = false;
  const password = () => {
    asked = true;
    return secret;
  };
  try {
    const raw = await openAs(config, { user: role, password }, (client) =>
      client.connection.once('authenticationOk', () => {
        right = true;
      }),
    );
    const pid = (raw as unknown as { processID: number | null }).processID;
    await raw.end().catch(() => undefined);
    if (!asked) return { outcome: 'unasked', saw: 'let in without being asked for a password', pid };
    return { outcome: 'taken', saw: 'let in, and closed again', pid };
  } catch (error) {
    const { code = '', message = '' } = error as { code?: string; message?: string };
    const saw = message.slice(0, 200);
    if (right)
      return {
        outcome: asked ? 'taken' : 'unasked',
        saw: `${asked ? 'password right' : 'no password asked'}, then: ${saw}`,
        pid: null,
      };
    if (!SHUT.includes(code)) throw explain(error, `PostgreSQL at ${config.host}:${config.port}`);
    return { outcome: asked ? 'refused' : 'kept out', saw, pid: null };
  }
}

/** Other ways in than a password, as far as pg_hba.conf may be read: no new password shuts them. */
function otherWays(ways: Way[] | null, checks: Probed['checks']): Residual[] {
  const others = ways?.filter((way) => !asksPassword(way)) ?? [];
  const text = (list: Way[]) => list.map((way) => `${way.method} (${way.where})`).join('; ');
  checks.push(check('ways in without a password (pg_hba.conf)', ways ? text(others) || 'none' : 'may not be read'));
  // `peer` takes an account of the machine by the same name: told, but no way in for whoever holds the old secret.
  const open = others.filter((way) => way.method !== 'peer');
  if (!open.length) return [];
  return [
    {
      what: `logins by ${text(open)}`.slice(0, 500),
      why: 'These rules of pg_hba.conf let the role in by something else than its password, which a new one does not touch.',
      until: null,
      gap: 'G11',
    },
  ];
}

/**
 * After a new password: gone = no backend in two readings, and the server took the new secret where it asks for one; where the
 * login can't be tried, what is stored has to be made of it. Otherwise it is not known.
 */
export async function probeRotated(
  proof: Proof,
  role: string,
  { secret }: Rotation & { secret: Record<string, string> },
): Promise<Probed> {
  const { client, config } = proof;
  const checks: Probed['checks'] = [];
  const say = (result: Probed['result'], detail: string, residuals: Residual[] = []): Probed => ({
    result,
    detail,
    checks,
    residuals,
  });
  const first = await read(client, role);
  checks.push(check('role and backends read', words(first)));
  if (first.backends) return say('alive', `${words(first)}: not by the new secret, which nobody has yet`);
  const fresh = secret.password;
  if (!fresh && first.exists) return say('unknown', `${words(first)}; no new secret to be tried`);
  const tried = first.exists ? await tryLogin(config, role, fresh!) : null;
  if (tried) checks.push(check('login with the new secret', tried.saw));
  if (tried?.outcome === 'unasked') return say('alive', 'the server lets it in without asking for a password');
  const expired = await expiredAt(client, role);
  if (expired) checks.push(check('password valid until', `${expired}: no password opens anything`));
  if (tried?.outcome === 'refused' && !expired)
    return say('alive', 'the server refuses the new secret: another password, or another way to check it, is in force');
  const stored = await storedPassword(client, role);
  const kept = stored === null ? 'may not be read' : isVerifierOf(stored, fresh ?? '') ? 'the new one' : 'another one';
  checks.push(check('stored password', kept));
  if (first.exists && kept === 'another one') return say('alive', 'the stored password is not the new one');
  await sleep(BETWEEN_READINGS_MS);
  const second = await read(client, role, tried?.pid ?? null);
  checks.push(check('read again after a pause', words(second)));
  if (second.backends) return say('alive', `${words(second)}: not by the new secret, which nobody has yet`);
  checks.push(check('roles that may act as it (SET ROLE)', (await members(client, role)).join(', ') || 'none'));
  const residuals = [
    ...otherWays(await waysOf(client, role), checks),
    ...(await pooledLeft(proof, role, checks)),
    ...preparedLeft(second.prepared),
  ];
  if (!first.exists) return say('gone', 'role dropped, listed twice: 0 backends', residuals);
  if (tried?.outcome === 'taken')
    return say('gone', 'the one password is the new one; listed twice: 0 backends', residuals);
  if (kept === 'the new one') return say('gone', 'stored password is the new one; listed twice: 0 backends', residuals);
  return say('unknown', `no backend, but the new secret could not be tried from here: ${tried?.saw}`, residuals);
}
