import { setTimeout as sleep } from 'node:timers/promises';
import type { Probed, Rotation } from '@/lib/connectors/contract';
import { probing } from '@/lib/connectors/probing-model';
import { explain, type Node, nodeOf } from '@/lib/connectors/redis/client';
import { clientsAs, type Fleet, type Login, loginOf, strangers } from '@/lib/connectors/redis/fleet';
import type { Config } from '@/lib/connectors/redis/manifest';
import { BETWEEN_READINGS_MS, check, forgetful, left, shut, whoAmI } from '@/lib/connectors/redis/probe';
import { hashOf, isShut, onlyBy } from '@/lib/connectors/redis/rotate';
import { clock } from '@/lib/platform/clock';
import type { BraidError } from '@/lib/platform/errors';

interface Reading {
  node: Node;
  login: Login | undefined;
  clients: number;
}

const opensBy = (login: Login | undefined, hash: string): string => {
  if (!login) return 'no such user';
  if (login.nopass) return 'no password needed';
  if (isShut(login)) return 'no password opens it';
  return onlyBy(login, hash) ? 'only the new password' : 'another password than the new one';
};

const together = (words: string[]): string => [...new Set(words)].join(' and ');

function words(readings: Reading[], hash: string): string {
  const clients = readings.reduce((sum, one) => sum + one.clients, 0);
  const where = readings.length > 1 ? ` on ${readings.length} nodes` : '';
  return `${together(readings.map((one) => opensBy(one.login, hash)))}, ${clients} ${clients === 1 ? 'connection' : 'connections'}${where}`;
}

/** A login with the new secret, closed at once: the id it had; null: refused. */
async function tryLogin(name: string, config: Config, user: string, password: string): Promise<string | null> {
  const node = nodeOf(name, config, { user, password }, { once: true });
  try {
    return await whoAmI(node);
  } catch (error) {
    const known = explain(error, name);
    if (shut(known as BraidError)) return null;
    throw known;
  } finally {
    node.close();
  }
}

const IN_MEMORY =
  'The new password is in memory only: no ACL file, or nothing is written to it. A restart brings the old one back.';

/**
 * After a new password: gone = on every node it is the only one that opens the user, where the user is on a login with it comes
 * in, and no connection was there in two readings.
 */
export async function probeRotated(
  { fleet, config }: { fleet: Fleet; config: Config },
  user: string,
  { secret }: Rotation & { secret: Record<string, string> },
): Promise<Probed> {
  const { checks, said: say } = probing(() => clock.now().toISOString());
  const hash = secret.password ? hashOf(secret.password) : '';
  const own = new Map<string, string>();
  const look = async (what: string): Promise<Reading[]> => {
    const said = await fleet.all(async (node) => {
      const [login, rows] = await Promise.all([loginOf(node, user), clientsAs(node, user)]);
      return { node, login, clients: rows.filter((row) => row.id !== own.get(node.name)).length };
    });
    const readings = said.map((one) => one.value);
    checks.push(check(what, words(readings, hash)));
    return readings;
  };
  const lives = (readings: Reading[]): string | null => {
    if (readings.some((one) => one.clients))
      return `${words(readings, hash)}: not by the new secret, which nobody has yet`;
    const open = readings.filter((one) => one.login && !isShut(one.login) && !onlyBy(one.login, hash));
    return open.length
      ? `${together(open.map((one) => opensBy(one.login, hash)))} on ${open.map((one) => one.node.name).join(', ')}`
      : null;
  };
  const first = await look('user and connections read on every node');
  const exists = first.some((one) => one.login);
  if (exists && !hash && !first.some((one) => one.clients))
    return say('unknown', 'no connection; no new secret to be tried');
  const before = lives(first);
  if (before) return say('alive', before);
  const open = first.filter((one) => one.login?.on && !isShut(one.login));
  for (const { node } of open) {
    const id = await tryLogin(node.name, config, user, secret.password!);
    checks.push(
      check(`login with the new secret at ${node.name}`, id === null ? 'refused' : 'let in, and closed again'),
    );
    if (id === null) return say('alive', `${node.name} refuses the new secret: it is another one again`);
    own.set(node.name, id);
  }
  if (exists && !open.length) checks.push(check('login with the new secret', 'not tried: the user is off'));
  const [missing, forgetting] = await Promise.all([
    strangers(fleet),
    forgetful({ fleet, persist: config.persist }),
    sleep(BETWEEN_READINGS_MS),
  ]);
  const second = await look('read again after a moment');
  const after = lives(second);
  if (after) return say('alive', after);
  checks.push(check('nodes that are not listed', missing.join(', ') || 'none told of'));
  return say('gone', `${words(second, hash)}, read twice`, left(missing, forgetting, IN_MEMORY));
}
