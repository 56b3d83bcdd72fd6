import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, GivenConsent, Probed } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/entra/client';
import { BETWEEN_READINGS_MS, tokens } from '@/lib/connectors/entra/probe';
import { type Deps, foundOf } from '@/lib/connectors/entra/read';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

interface Grant {
  id: string;
  everybody: boolean;
  principal: string | null;
  scopes: string[];
}

const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

async function idOf({ client }: Deps, path: string): Promise<string | null> {
  const reply = await client.send('GET', path, { query: { $select: 'id' } });
  // An id that is none of Graph's own is answered with 400.
  if (reply.status === 404 || reply.status === 400) return null;
  if (reply.status !== 200) throw refusedBy(`GET ${path.split('/')[2]}`, reply);
  return textOf(objectOf(reply.body).id, 36);
}

const grantsOf = async ({ client }: Deps, app: string): Promise<Grant[]> =>
  (await client.all(`/v1.0/servicePrincipals/${app}/oauth2PermissionGrants`)).map(objectOf).flatMap((one) => {
    const id = textOf(one.id, 200);
    const grant = {
      everybody: one.consentType === 'AllPrincipals',
      principal: textOf(one.principalId, 36),
      scopes: (textOf(one.scope, 4_000) ?? '').split(/\s+/).filter(Boolean),
    };
    return id ? [{ id, ...grant }] : [];
  });

/**
 * What this grantor allowed: what was granted for the person alone; where there is none, what was granted for everybody and
 * holds all of the scopes (who gave that, Graph does not keep).
 */
function meantBy(all: Grant[], person: string, scopes: string[]): Grant[] {
  const own = all.filter((one) => !one.everybody && one.principal === person);
  if (own.length > 0 || scopes.length === 0) return own;
  return all.filter((one) => one.everybody && scopes.every((scope) => one.scopes.includes(scope)));
}

const placeOf = (app: string): string => `/v1.0/servicePrincipals/${encodeURIComponent(app)}`;

/** null: Entra has no such application. */
async function principalOf(deps: Deps, app: string): Promise<string | null> {
  const principal = await idOf(deps, placeOf(app));
  if (!principal) return null;
  if ((await idOf(deps, `/v1.0/servicePrincipals(appId='${deps.config.clientId}')`)) === principal)
    throw new BraidError('connector.protected', 'This is the app Braid connects as: it is never ended by Braid.');
  return principal;
}

/** Takes back what an application was allowed by one person, or by an administrator for everybody; read back. */
export async function revokeConsent(deps: Deps, { app, grantor, scopes }: GivenConsent): Promise<Acted> {
  const { client } = deps;
  const place = placeOf(app);
  const principal = await principalOf(deps, app);
  if (!principal) return { state: 'effective', detail: 'Entra no longer has the application', affected: 0 };
  const person = await idOf(deps, `/v1.0/users/${encodeURIComponent(grantor)}`);
  if (!person)
    return failed(`Entra knows no account ${grantor}: look at the grants of the application at Entra itself`);
  const meant = meantBy(await grantsOf(deps, principal), person, scopes);
  if (meant.length === 0) {
    const roles = await client.all(`${place}/appRoleAssignments`);
    return roles.length > 0
      ? failed(
          `no delegated permission of ${grantor} is left; its ${roles.length} application permissions are removed at Entra`,
        )
      : { state: 'effective', detail: 'Entra has no such grant any more', affected: 0 };
  }
  for (const grant of meant) {
    const reply = await client.send('DELETE', `/v1.0/oauth2PermissionGrants/${grant.id}`);
    if (reply.status >= 300 && reply.status !== 404)
      return failed(refusedBy('DELETE oauth2PermissionGrants', reply).publicMessage);
  }
  const still = new Set((await grantsOf(deps, principal)).map((one) => one.id));
  const left = meant.filter((one) => still.has(one.id)).length;
  const whose = meant.some((one) => one.everybody) ? 'granted for everybody' : `of ${grantor}`;
  return {
    state: left > 0 ? 'accepted' : 'effective',
    detail: `${meant.length - left} of ${meant.length} permission ${meant.length === 1 ? 'grant' : 'grants'} ${whose} removed`,
    affected: meant.length - left,
  };
}

/** Graph lists no such grant, twice a second apart; tokens that were issued before live on. Application permissions are no consent of a person: said where they stand. */
export async function probeConsent(deps: Deps, { app, grantor, scopes }: GivenConsent, since: Date): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const note = (check: string, saw: string) => checks.push({ check, saw, at: clock.now().toISOString() });
  const principal = await principalOf(deps, app);
  const lives = async () => tokens(await foundOf(deps, app), since.getTime(), 'access tokens issued before');
  if (!principal) {
    note('application looked up', 'none');
    return { result: 'gone', detail: 'Entra no longer has the application', checks, residuals: await lives() };
  }
  const person = await idOf(deps, `/v1.0/users/${encodeURIComponent(grantor)}`);
  note('account looked up', person ? 'there' : 'none');
  if (!person) return { result: 'unknown', detail: `Entra knows no account ${grantor}`, checks, residuals: [] };
  const look = async () => {
    const left = meantBy(await grantsOf(deps, principal), person, scopes);
    note(
      'permission grants listed',
      left.length
        ? left
            .flatMap((one) => one.scopes)
            .join(' ')
            .slice(0, 400)
        : 'none',
    );
    return left.length;
  };
  let left = await look();
  if (left === 0) {
    await sleep(BETWEEN_READINGS_MS);
    left = await look();
  }
  if (left > 0) return { result: 'alive', detail: `${left} permission grants still listed`, checks, residuals: [] };
  const roles = (await deps.client.all(`${placeOf(app)}/appRoleAssignments`)).length;
  note('application permissions listed', `${roles}`);
  const own: Probed['residuals'] = roles
    ? [
        {
          what: `${roles} application permissions of its own`,
          why: 'They are no consent of this person and were not taken back: they are removed at Entra.',
          until: null,
        },
      ]
    : [];
  return { result: 'gone', detail: 'Entra lists no such grant', checks, residuals: [...own, ...(await lives())] };
}
