import type { Rotated, Rotation } from '@/lib/connectors/contract';
import { quoted } from '@/lib/connectors/mysql/catalog';
import { errnoOf, type Value } from '@/lib/connectors/mysql/client';
import { type Deps, failed, isRefusal, target } from '@/lib/connectors/mysql/end';
import type { AccountRow } from '@/lib/connectors/mysql/normalise';
import { passwordFor, pluginFor, storedOf, takesPassword } from '@/lib/connectors/mysql/password-format';
import { type Method, passwordsOf } from '@/lib/connectors/mysql/passwords';
import { BraidError } from '@/lib/platform/errors';

/** It was set by an earlier try, and the server remembers. */
const USED_BEFORE = 3638;
/** The server wants to see the password itself to judge it, found it too weak, or (MariaDB, of either) says only that it failed. */
const JUDGED = [1290, 1819, 1396];
/** Before MySQL 8.0.14 there is no second password, and no such statement. */
const NO_SUCH_SYNTAX = 1064;

interface Attempt {
  password: string;
  sql: string;
  values: Value[];
}

/** From the quietest on: what is stored, the password itself, and one that satisfies rules about what has to be in it. */
function attempts({ kind }: Deps['standing'], account: AccountRow, plugin: string, others: Method[], fresh: string) {
  const login: Value[] = [account.user, account.host];
  const shown = [passwordFor(plugin, fresh), `${fresh}_Aa1`];
  if (kind === 'mysql')
    return shown.map(
      (password): Attempt => ({
        password,
        sql: `alter user ?@? identified with ${plugin} by ?`,
        values: [...login, password],
      }),
    );
  const beside = others.map((one) => ` or ${one.plugin} using ?`).join('');
  const kept = others.map((one) => one.stored ?? '');
  const stored = storedOf(plugin, shown[0]!);
  const quiet = { password: shown[0]!, sql: `alter user ?@? identified via ${plugin} using ?${beside}` };
  return [
    ...(stored ? [{ ...quiet, values: [...login, stored, ...kept] }] : []),
    ...shown.map(
      (password): Attempt => ({
        password,
        sql: `alter user ?@? identified via ${plugin} using password(?)${beside}`,
        values: [...login, password, ...kept],
      }),
    ),
  ];
}

/** The password that was set. */
async function set({ client }: Deps, all: Attempt[]): Promise<string> {
  for (const [at, one] of all.entries()) {
    try {
      await client.query(one.sql, one.values);
      return one.password;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === USED_BEFORE) return one.password;
      if (at === all.length - 1 || !JUDGED.includes(errno ?? 0)) throw error;
    }
  }
  throw new BraidError('internal', 'There was nothing to try.');
}

/**
 * ALTER USER, of this account alone: the same name at another host is another account. Whatever else took a password of this
 * one is gone with it; ways in that take none (`unix_socket`, `pam`) stay. MySQL's retained second password is discarded.
 */
export async function rotate(deps: Deps, id: string, { fresh }: Rotation): Promise<Rotated> {
  const { client, standing } = deps;
  const account = await target(deps, id);
  const unsupported = (why: string) => new BraidError('connector.unsupported', why.slice(0, 500));
  if (!account || account.role) throw unsupported(`There is no account ${id} that could have a password.`);
  const read = () => passwordsOf(client, standing, account.user).then((all) => all.find((one) => one.id === id));
  const before = await read();
  const methods = before?.methods ?? [];
  const plugins = methods.map((one) => one.plugin);
  const plugin = pluginFor(plugins);
  if (!plugin) throw unsupported(`${id} logs in by ${plugins.join(' or ')}: there is no password here to be changed.`);
  const others = methods.filter((one) => !takesPassword(one.plugin) && /^\w{1,64}$/.test(one.plugin));
  try {
    const password = await set(deps, attempts(standing, account, plugin, others, fresh));
    if (standing.kind === 'mysql')
      await client.query('alter user ?@? discard old password', [account.user, account.host]).catch((error) => {
        if (errnoOf(error) !== NO_SUCH_SYNTAX) throw error;
      });
    const after = await read();
    const own = after?.methods.filter((one) => takesPassword(one.plugin)) ?? [];
    const stored = storedOf(plugin, password);
    const undone = own.length !== 1 || (stored !== null && own[0]!.stored !== null && own[0]!.stored !== stored);
    if (undone || after?.second)
      return {
        ...failed(`the new password was accepted for ${quoted(account)}, but another one is there`),
        secret: {},
        replaced: [],
      };
    const detail = [
      'password replaced',
      ...others.map((one) => `it may still log in by ${one.plugin}`),
      ...(account.locked ? ['the account is locked'] : []),
    ].join('; ');
    return { state: 'effective', detail, affected: 1, secret: { password }, replaced: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const right = ' Braid’s account needs CREATE USER: test the connector for the exact statement.';
    return { ...failed(`${error.publicMessage}${right}`), secret: {}, replaced: [] };
  }
}
