import { setTimeout as sleep } from 'node:timers/promises';
import type { Probed, Residual, Rotation } from '@/lib/connectors/contract';
import { readAccounts } from '@/lib/connectors/mysql/catalog';
import { errnoOf, explain, optionsFor } from '@/lib/connectors/mysql/client';
import { accountId, accountOf, hostMatches, readAccountId } from '@/lib/connectors/mysql/normalise';
import { storedOf, takesPassword } from '@/lib/connectors/mysql/password-format';
import { type Passwords, passwordsOf } from '@/lib/connectors/mysql/passwords';
import { BETWEEN_READINGS_MS, check, DENIED, left, type Proof, read, words } from '@/lib/connectors/mysql/probe';
import { probing } from '@/lib/connectors/probing-model';
import { clock } from '@/lib/platform/clock';

/** MariaDB asks the lock after the password: who is told of it had the right one. */
const LOCKED = 4151;

interface Tried {
  outcome: 'taken' | 'refused' | 'not tried';
  saw: string;
  /** Of the connection that was let in. */
  id: string | null;
}

/** Which account would a login from here come in by? null: this one. */
async function elsewhere({ client, standing }: Proof, id: string): Promise<string | null> {
  const { user, host } = readAccountId(id);
  const [row] = await client.query<{ me: string }>('select user() as me');
  const from = row!.me.slice(row!.me.lastIndexOf('@') + 1);
  if (!hostMatches(host, from)) return `${id} is not for logins from ${from}`;
  const found = accountOf({ user, host: from }, await readAccounts(client, standing));
  return found.id === id ? null : `from ${from} a login of that name is ${found.id}’s`;
}

/** A login with the new secret, closed at once. */
async function tryLogin(proof: Proof, id: string, secret: string): Promise<Tried> {
  const { config, standing } = proof;
  const not = (saw: string): Tried => ({ outcome: 'not tried', saw, id: null });
  const why = await elsewhere(proof, id);
  if (why) return not(why);
  const { user, host } = readAccountId(id);
  const { createConnection } = await import('mysql2/promise');
  try {
    const raw = await createConnection(await optionsFor(config, { user, password: secret }));
    raw.on('error', () => undefined);
    try {
      const [rows] = await raw.query({ sql: 'select current_user() as me', timeout: 3_000 });
      const { me } = (rows as { me: string }[])[0]!;
      if (me !== `${user}@${host}`) return not(`let in as ${me}`);
      return { outcome: 'taken', saw: 'let in, and closed again', id: String(raw.threadId) };
    } finally {
      await raw.end().catch(() => raw.destroy());
    }
  } catch (error) {
    // Not every way to authenticate is known to the driver.
    if (/plugin/i.test(String((error as { code?: string }).code)))
      return not('this way to authenticate can’t be tried');
    const known = explain(error, `MySQL at ${config.host}:${config.port}`);
    const errno = errnoOf(known);
    if (errno === undefined) throw known;
    if (errno === LOCKED && standing.kind === 'mariadb')
      return { outcome: 'taken', saw: 'password right, account locked', id: null };
    return { outcome: DENIED.includes(errno) ? 'refused' : 'not tried', saw: known.publicMessage, id: null };
  }
}

/** Is what the server keeps made of the new secret? null: can't be told. */
function matches(own: Passwords | undefined, secret: string): boolean | null {
  const kept = own?.methods.filter((one) => takesPassword(one.plugin)) ?? [];
  if (!own || kept.length !== 1 || own.second) return false;
  const wanted = storedOf(kept[0]!.plugin, secret);
  return wanted === null || kept[0]!.stored === null ? null : wanted === kept[0]!.stored;
}

/** What a new password of this account does not touch: other ways in, and the same name at other hosts. */
async function beside(proof: Proof, id: string, all: Passwords[], since: string, checks: Probed['checks']) {
  const residuals: Residual[] = [];
  const others = all.find((one) => one.id === id)?.methods.filter((one) => !takesPassword(one.plugin)) ?? [];
  checks.push(check('ways in without a password', others.map((one) => one.plugin).join(', ') || 'none'));
  // `unix_socket` takes an account of the machine by the same name: told, but no way in for whoever holds the old secret.
  const open = others.filter((one) => !/socket/.test(one.plugin)).map((one) => one.plugin);
  if (open.length)
    residuals.push({
      what: `logins by ${open.join(', ')}`.slice(0, 500),
      why: 'They are checked elsewhere: a new password does not touch them.',
      until: null,
      gap: 'G11',
    });
  const accounts = await readAccounts(proof.client, proof.standing);
  const asked = Math.floor(Date.parse(since) / 1000) * 1000 - 1000;
  const same = all.filter((one) => {
    const row = accounts.find((account) => accountId(account) === one.id);
    const may = one.id !== id && row !== undefined && !row.role && !row.locked;
    return may && one.methods.some((method) => takesPassword(method.plugin)) && (one.changedAt ?? 0) < asked;
  });
  checks.push(
    check('the same name at other hosts', same.map((one) => one.id).join(', ') || 'none with a password from before'),
  );
  if (same.length)
    residuals.push({
      what: `logins as ${same.map((one) => one.id).join(', ')}`.slice(0, 500),
      why: 'Accounts of the same user name, with passwords from before: where it is the same one, the old secret comes in there. Rotate them too.',
      until: null,
      gap: 'G14',
    });
  return residuals;
}

/**
 * After a new password: gone = no connection in two readings, none half-way since before, and the new secret was let in or is
 * what the server keeps. Otherwise it is not known.
 */
export async function probeRotated(
  proof: Proof,
  id: string,
  { since, secret }: Rotation & { secret: Record<string, string> },
): Promise<Probed> {
  const { checks, said: say } = probing(() => clock.now().toISOString());
  const first = await read(proof, id);
  checks.push(check('account and connections read', words(first)));
  if (first.own) return say('alive', `${words(first)}: not by the new secret, which nobody has yet`);
  const exists = first.state !== 'no such account';
  if (exists && !secret.password) return say('unknown', `${words(first)}; no new secret to be tried`);
  const tried = exists ? await tryLogin(proof, id, secret.password!) : null;
  if (tried) checks.push(check('login with the new secret', tried.saw));
  const all = await passwordsOf(proof.client, proof.standing, readAccountId(id).user);
  const kept = exists
    ? matches(
        all.find((one) => one.id === id),
        secret.password!,
      )
    : null;
  checks.push(
    check('what is kept of its password', kept === null ? 'not told' : kept ? 'the new one' : 'not only the new one'),
  );
  if (kept === false) return say('alive', 'another password than the new one opens it');
  await sleep(BETWEEN_READINGS_MS);
  const second = await read(proof, id, tried?.id);
  checks.push(check('read again after a moment', words(second)));
  if (second.own) return say('alive', `${words(second)}: not by the new secret, which nobody has yet`);
  const pending = second.halfway.filter((one) => first.halfway.includes(one)).length;
  checks.push(check('logins half-way since before', pending ? `${pending}` : 'none'));
  if (pending) return say('alive', `${pending} logins have been half-way since before: one may be this account’s`);
  const residuals = [
    ...(await beside(proof, id, all, since, checks)),
    ...(await left(proof, id, first, second, checks)),
  ];
  if (!exists) return say('gone', `${words(second)}, read twice`, residuals);
  if (tried?.outcome === 'taken')
    return say('gone', `the new secret is let in; ${words(second)}, read twice`, residuals);
  if (kept) return say('gone', `the new secret is the one kept; ${words(second)}, read twice`, residuals);
  return say(
    'unknown',
    `no connection, but whether only the new secret opens it can’t be told: ${tried?.saw}`,
    residuals,
  );
}
