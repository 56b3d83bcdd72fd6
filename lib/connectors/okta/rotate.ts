import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import { meant } from '@/lib/connectors/okta/act';
import { refusedBy } from '@/lib/connectors/okta/client';
import { type Deps, PATHS, rawOf } from '@/lib/connectors/okta/read';
import { BraidError } from '@/lib/platform/errors';
import type { RestReply } from '@/lib/platform/rest';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

/** Okta's own words. */
export const CLIENT_ID = 'client id';
export const SECRET_ID = 'client secret id';
export const SECRET = 'client secret';
/** An app has no more secrets than this, and only an inactive one can be deleted. */
const MOST_SECRETS = 2;

export interface ClientSecret {
  id: string;
  active: boolean;
  created: string;
}

const unsupported = (why: string) => new BraidError('connector.unsupported', why);

const placeOf = (app: string): string => `${PATHS.app}/${app}/credentials/secrets`;

/** The secrets of an app, never what they are. */
export async function secretsOf({ client }: Deps, app: string): Promise<ClientSecret[]> {
  const all = await client.all(placeOf(app));
  return all.map(objectOf).flatMap((one) => {
    const id = textOf(one.id, 100);
    return id ? [{ id, active: one.status === 'ACTIVE', created: textOf(one.created, 40) ?? '' }] : [];
  });
}

/** How an app proves who it is, as Okta calls it. */
export const methodOf = (raw: Record<string, unknown> | null): string =>
  textOf(objectOf(objectOf(raw?.credentials).oauthClient).token_endpoint_auth_method, 60) ?? '';
export const bySecret = (method: string): boolean => method.startsWith('client_secret');

/** The app that is meant. Throws `connector.unsupported` for what has no client secret. */
async function appOf(deps: Deps, externalId: string): Promise<{ app: string; raw: Record<string, unknown> }> {
  const { target, found } = await meant(deps, externalId);
  if (!target || !found) throw unsupported('Okta has no such identity any more.');
  if (target.kind === 'token')
    throw unsupported('An API token is not changed: its owner makes another one, and this one is revoked.');
  if (target.kind === 'user')
    throw unsupported('An account has no secret for services: its API tokens are identities of their own.');
  if (target.kind === 'agent')
    throw unsupported('An agent comes in as its app: rotate the app, where that has a client secret.');
  const raw = (await rawOf(deps, target)) ?? {};
  const method = methodOf(raw);
  if (bySecret(method)) return { app: target.id, raw };
  throw unsupported(
    method === 'private_key_jwt'
      ? 'The app signs with a private key of its own (private_key_jwt): its owner makes the pair and changes the public key at Okta.'
      : `The app has no client secret (${method || 'no client authentication'}).`,
  );
}

async function drop({ client }: Deps, app: string, secret: ClientSecret): Promise<string | null> {
  const path = `${placeOf(app)}/${secret.id}`;
  const refused = (what: string, reply: RestReply) =>
    reply.status >= 300 && reply.status !== 404 ? refusedBy(what, reply).publicMessage : null;
  if (secret.active) {
    const failure = refused('deactivate', await client.send('POST', `${path}/lifecycle/deactivate`));
    if (failure) return failure;
  }
  return refused('DELETE secrets', await client.send('DELETE', path));
}

/** Another client secret; every other one is deactivated and deleted. Two are the most, so one may have to go first. */
export async function rotateSecret(deps: Deps, externalId: string, rotation: Rotation): Promise<Rotated> {
  const { app, raw } = await appOf(deps, externalId);
  const failed = (detail: string): Rotated => ({
    state: 'failed',
    detail: detail.slice(0, 500),
    affected: 0,
    secret: {},
    replaced: [],
  });
  const before = (await secretsOf(deps, app)).sort(
    (a, b) => Number(a.active) - Number(b.active) || a.created.localeCompare(b.created),
  );
  const first = before.slice(0, Math.max(0, before.length - MOST_SECRETS + 1));
  for (const one of first) {
    const failure = await drop(deps, app, one);
    if (failure) return failed(failure);
  }
  const reply = await deps.client.send('POST', placeOf(app), { json: {} });
  const made = objectOf(reply.body);
  const [id, secret] = [textOf(made.id, 100), textOf(made.client_secret, 1_000)];
  if (reply.status >= 300 || !id || !secret) return failed(refusedBy('POST secrets', reply).publicMessage);
  for (const one of before.slice(first.length)) {
    const failure = await drop(deps, app, one);
    if (failure) return failed(failure);
  }
  const after = await secretsOf(deps, app);
  const alone = after.length === 1 && after[0]?.id === id && after[0].active;
  if (alone) await rotatedSince(deps.notes, externalId, rotation);
  const gone = `${before.length} of before deactivated and deleted`;
  return {
    state: alone ? 'effective' : 'accepted',
    detail: `a new client secret; ${gone}${alone ? '' : ', not yet shown as done'}`,
    affected: 1,
    secret: {
      [CLIENT_ID]: textOf(objectOf(objectOf(raw.credentials).oauthClient).client_id, 100) ?? app,
      [SECRET_ID]: id,
      [SECRET]: secret,
    },
    // Okta's secrets are not among the credentials discovery gives: those are public keys.
    replaced: [],
  };
}

/** For the probe: how it proves who it is now, and which secrets it has. */
export async function standingOf(deps: Deps, app: string): Promise<{ method: string; secrets: ClientSecret[] } | null> {
  const raw = await rawOf(deps, { kind: 'app', id: app });
  return raw && { method: methodOf(raw), secrets: await secretsOf(deps, app) };
}
