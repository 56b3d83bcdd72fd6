import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, NativeSession } from '@/lib/connectors/contract';
import { picture, protectedBecause, quoted, readAccount, readRun, type Standing } from '@/lib/connectors/mysql/catalog';
import { type Client, errnoOf } from '@/lib/connectors/mysql/client';
import { readAccountId } from '@/lib/connectors/mysql/normalise';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  standing: Standing;
}

const ENDED_WITHIN_MS = 1_000;
const NO_SUCH_THREAD = 1094;

export const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });
export const isRefusal = (error: unknown): error is BraidError =>
  error instanceof BraidError && error.code === 'connector.refused';

/** Throws `connector.protected`; undefined: there is no such account. */
export async function target(deps: Deps, id: string) {
  const { linked } = await picture(deps.client, deps.standing);
  const why = protectedBecause(readAccountId(id).user, id, deps.standing, linked);
  if (why) throw new BraidError('connector.protected', `${id} is protected: ${why}.`);
  return readAccount(deps.client, deps.standing, id);
}

/** ALTER USER … ACCOUNT LOCK or UNLOCK, read back from where logins are checked against. */
async function turn(deps: Deps, id: string, locked: boolean): Promise<Acted> {
  const account = await target(deps, id);
  const word = locked ? 'ACCOUNT LOCK' : 'ACCOUNT UNLOCK';
  if (!account)
    return locked
      ? { state: 'effective', detail: 'the account no longer exists', affected: 0 }
      : failed('the account no longer exists');
  if (account.locked === locked) return { state: 'effective', detail: `already ${word}`, affected: 0 };
  try {
    await deps.client.query(`alter user ?@? ${word.toLowerCase()}`, [account.user, account.host]);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return failed(
      `${error.publicMessage} Braid’s account needs CREATE USER: test the connector for the exact statement.`,
    );
  }
  const after = await readAccount(deps.client, deps.standing, id);
  return after?.locked === locked
    ? { state: 'effective', detail: word, affected: 1 }
    : failed(`${word} was accepted for ${quoted(account)}, but somebody undid it`);
}

/** Open connections go on: `endAll` follows. */
export const block = (deps: Deps, id: string): Promise<Acted> => turn(deps, id, true);
export const unblock = (deps: Deps, id: string): Promise<Acted> => turn(deps, id, false);

/** false: it had already gone. */
async function kill(client: Client, id: string): Promise<boolean> {
  if (!/^\d{1,20}$/.test(id)) return false;
  try {
    await client.query(`kill connection ${id}`);
    return true;
  } catch (error) {
    if (errnoOf(error) === NO_SUCH_THREAD) return false;
    throw error;
  }
}

const idsOf = async ({ client, standing }: Deps, account: string): Promise<string[]> =>
  (await picture(client, standing)).clients.filter((one) => one.account.id === account).map((one) => one.row.id);

/** KILL only asks: each connection is asked once and looked for until it is gone. */
export async function endAll(deps: Deps, account: string): Promise<Acted> {
  await target(deps, account);
  const told = new Set<string>();
  let left: string[] = [];
  try {
    for (let waited = 0, pause = 10; ; waited += pause, pause = Math.min(pause * 2, 100)) {
      left = await idsOf(deps, account);
      for (const id of left.filter((one) => !told.has(one))) if (await kill(deps.client, id)) told.add(id);
      if (!left.length || waited >= ENDED_WITHIN_MS) break;
      await sleep(pause);
    }
  } catch (error) {
    if (isRefusal(error)) return failed(error.publicMessage);
    throw error;
  }
  const detail = `${told.size - left.length} of ${told.size} ${told.size === 1 ? 'connection' : 'connections'} ended`;
  return left.length
    ? { state: 'accepted', detail: `${detail}, ${left.length} still being rolled back`, affected: told.size }
    : { state: 'effective', detail, affected: told.size };
}

/** Ends one connection if it still is the one meant: ids count up within one run of the server. */
export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  await target(deps, session.externalIdentityId);
  const id = String(session.native.id);
  const there = async () =>
    (await picture(deps.client, deps.standing)).clients.some(
      (one) => one.row.id === id && one.row.user === session.native.user,
    );
  const sameRun = (await readRun(deps.client, deps.standing)) === session.native.run;
  try {
    if (!sameRun || !(await there()) || !(await kill(deps.client, id)))
      return { state: 'effective', detail: `connection ${id} had already gone`, affected: 0 };
  } catch (error) {
    if (isRefusal(error)) return failed(error.publicMessage);
    throw error;
  }
  for (let waited = 0; waited < ENDED_WITHIN_MS; waited += 20) {
    if (!(await there())) return { state: 'effective', detail: `connection ${id} ended`, affected: 1 };
    await sleep(20);
  }
  return { state: 'accepted', detail: `connection ${id} was told to end and is still rolled back`, affected: 1 };
}
