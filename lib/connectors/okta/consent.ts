import type { Acted } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/okta/client';
import { type Deps, PATHS } from '@/lib/connectors/okta/read';
import { BraidError } from '@/lib/platform/errors';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

interface Consent {
  app: string;
  grantor: string;
  scopes: string[];
}
interface Grant {
  id: string;
  scope: string;
  by: string | null;
  path: string;
}

const READ_ORG = 'okta.appGrants.read';

/** Id of the account the log names by its login. null: Okta has none. */
async function accountOf({ client }: Deps, grantor: string): Promise<string | null> {
  const reply = await client.send('GET', `${PATHS.user}/${encodeURIComponent(grantor)}`);
  if (reply.status === 404) return null;
  if (reply.status !== 200) throw refusedBy(`GET ${PATHS.user}`, reply);
  return textOf(objectOf(reply.body).id, 100);
}

const grantsOf = (raw: unknown[], path: string): Grant[] =>
  raw.map(objectOf).flatMap((one) => {
    const id = textOf(one.id, 100);
    const by = textOf(objectOf(one.createdBy).id, 100);
    return id ? [{ id, scope: textOf(one.scopeId, 300) ?? '', by, path: `${path}/${id}` }] : [];
  });

/** Grants of the account itself, and those an administrator gave for everybody that name these scopes. */
async function standing({ client }: Deps, account: string, { app, scopes }: Consent): Promise<Grant[]> {
  const own = await client
    .all(`${PATHS.user}/${account}/clients/${encodeURIComponent(app)}/grants`, { query: { limit: 200 } })
    .then((raw) => grantsOf(raw, `${PATHS.user}/${account}/grants`));
  if (!client.granted.has(READ_ORG)) return own;
  const place = `${PATHS.app}/${encodeURIComponent(app)}/grants`;
  const reply = await client.send('GET', place);
  if (reply.status === 404) return own;
  if (reply.status !== 200 || !Array.isArray(reply.body)) throw refusedBy('GET app grants', reply);
  const whole = grantsOf(reply.body, place).filter((one) => one.by === account && scopes.includes(one.scope));
  return [...own, ...whole];
}

/** Takes back what an app was allowed by one account, grant by grant; effective where Okta no longer lists one. */
export async function revokeConsent(deps: Deps, consent: Consent): Promise<Acted> {
  if (consent.app === deps.config.clientId)
    throw new BraidError('connector.protected', 'This is the app Braid connects as: it is never ended by Braid.');
  const account = await accountOf(deps, consent.grantor);
  if (!account) return { state: 'effective', detail: `${consent.grantor} no longer exists`, affected: 0 };
  const before = await standing(deps, account, consent);
  const orgUnseen = !deps.client.granted.has(READ_ORG);
  if (before.length === 0) {
    return orgUnseen
      ? {
          state: 'failed',
          detail: `${consent.grantor} has no grant to it; without ${READ_ORG} it can’t be seen whether it was given for everybody`,
          affected: 0,
        }
      : { state: 'effective', detail: 'Okta has no such grant any more', affected: 0 };
  }
  for (const grant of before) {
    const reply = await deps.client.send('DELETE', grant.path);
    if (reply.status !== 204 && reply.status !== 404)
      return { state: 'failed', detail: refusedBy('DELETE grants', reply).publicMessage.slice(0, 500), affected: 0 };
  }
  const left = await standing(deps, account, consent);
  const detail = `${before.length - left.length} of ${before.length} ${before.length === 1 ? 'grant' : 'grants'} removed`;
  return { state: left.length ? 'accepted' : 'effective', detail, affected: before.length - left.length };
}
