import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import { type Deps, failed, isActed, refusal, target } from '@/lib/connectors/postgres/end';
import { isVerifierOf, verifierOf } from '@/lib/connectors/postgres/scram';
import { asksPassword, expiredAt, storedPassword, tokenRoles, waysOf } from '@/lib/connectors/postgres/ways';
import { BraidError } from '@/lib/platform/errors';

const unsupported = (why: string) => new BraidError('connector.unsupported', why.slice(0, 500));

/** Throws `connector.unsupported` where no password of this server lets the role in, as far as that may be read. */
async function needsPassword({ client }: Deps, name: string): Promise<void> {
  const tokens = await tokenRoles(client, name);
  if (tokens.length)
    throw unsupported(`${name} logs in with tokens of the cloud (${tokens.join(', ')}), not with a password.`);
  if ((await storedPassword(client, name)) === '') throw unsupported(`${name} has no password at this server.`);
  const ways = await waysOf(client, name);
  if (ways?.length && !ways.some(asksPassword)) {
    const methods = [...new Set(ways.map((way) => way.method))].join(', ');
    throw unsupported(`pg_hba.conf lets ${name} in by ${methods} only: there is no password here to be changed.`);
  }
}

/** ALTER ROLE … PASSWORD with a verifier made here: a role has one password, and no log of the server can hold it. */
export async function rotate(deps: Deps, name: string, { fresh }: Rotation): Promise<Rotated> {
  const nothing = { secret: {}, replaced: [] };
  const role = await target(deps, name);
  if (!role) throw unsupported(`There is no role ${name} at this server.`);
  await needsPassword(deps, name);
  const verifier = verifierOf(fresh, randomBytes(16));
  const done = await refusal(deps.client.query(`alter role ${pg.escapeIdentifier(name)} password '${verifier}'`));
  if (isActed(done))
    return {
      ...failed(
        `${done.detail} Braid’s role needs CREATEROLE and ADMIN OPTION on ${name}: test the connector for the exact SQL.`,
      ),
      ...nothing,
    };
  const stored = await storedPassword(deps.client, name);
  if (stored !== null && !isVerifierOf(stored, fresh))
    return { ...failed('the new password was accepted, but another one is stored'), ...nothing };
  const expired = await expiredAt(deps.client, name);
  const but = [
    ...(expired ? [`VALID UNTIL ${expired} has passed: it opens nothing until that is moved`] : []),
    ...(role.rolcanlogin ? [] : ['the role is NOLOGIN']),
  ];
  const detail = ['password replaced', ...but].join('; ');
  return { state: 'effective', detail, affected: 1, secret: { password: fresh }, replaced: [] };
}
