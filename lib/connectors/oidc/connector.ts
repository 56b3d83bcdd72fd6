import { blockedSince } from '@/lib/connectors/blocked-since';
import type { FoundIdentity } from '@/lib/connectors/contract';
import type { ConnectionOf, Connector } from '@/lib/connectors/declared';
import { type Client, openClient } from '@/lib/connectors/oidc/client';
import { block, canEnter, type Deps, endDerived, guard, heldOf, restore, revokeHeld } from '@/lib/connectors/oidc/end';
import { expiryOf, fingerprint, toSession } from '@/lib/connectors/oidc/found-normalise';
import { capabilitiesOf, manifest } from '@/lib/connectors/oidc/manifest';
import { probeClient, probeToken } from '@/lib/connectors/oidc/probe';
import { checkRights } from '@/lib/connectors/oidc/rights';
import { type Held, readHeld, writeHeld } from '@/lib/connectors/oidc/settings-model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

async function identityOf(deps: Deps, id: string): Promise<FoundIdentity> {
  const holds = deps.held().filter((one) => one.client === id);
  return {
    externalId: id,
    name: id,
    kind: 'oauth_app',
    protected: id === deps.config.clientId,
    enabled: await canEnter(deps, id),
    credentials: holds
      .filter((one) => one.kind !== 'registration')
      .map((one) => ({ externalId: `${one.kind}:${fingerprint(one.value)}`, kind: one.kind })),
    attributes: { grants: deps.config.clients.find((one) => one.id === id)?.grants.join(' ') || null },
    logNames: [{ issuer: deps.config.issuer, externalId: id }],
  };
}

async function enter(client: Client, deps: Deps, name: string) {
  const [secret] = heldOf(deps, name, 'secret');
  if (!secret) throw new BraidError('connector.unsupported', `No secret is held of ${name}.`);
  const as = { id: name, secret: secret.value };
  const got = await client.mint(as);
  if (!got) return null;
  const active = async () => (await client.introspect(got.access_token)).active;
  if (!(await active()))
    throw new BraidError(
      'connector.refused',
      'A token that was just issued is not active at introspection: what it says proves nothing here.',
    );
  return { alive: active, close: () => client.revoke({ kind: 'access_token', value: got.access_token }, as) };
}

export const oidc: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, host) {
    const client = await openClient(config, secrets);
    let held: Held[] = readHeld(secrets.held);
    const deps: Deps = {
      client,
      config,
      held: () => held,
      async rotated(old, value) {
        held = held.map((one) => (one === old ? { ...one, value } : one));
        await host.keepSecrets?.({ ...secrets, held: writeHeld(held) });
      },
      since: blockedSince(host.notes),
    };
    const ids = [
      ...new Set([...config.clients.map((one) => one.id), ...held.map((one) => one.client), config.clientId]),
    ];
    const can = capabilitiesOf(config);
    const tokens = (id?: string) =>
      held.filter((one) => one.kind.endsWith('_token') && (id === undefined || one.client === id));
    const connection: ConnectionOf<typeof manifest> = {
      test: () => checkRights(client, config, held),
      discover: () => Promise.all(ids.map((id) => identityOf(deps, id))),
      close: async () => {},
    };
    if (can.list !== 'none') {
      connection.listSessions = async () => {
        const told = await Promise.all(tokens().map(async (one) => [one, await client.introspect(one.value)] as const));
        return told
          .filter(
            ([one, { active, unsupported }]) => active || (unsupported && (expiryOf(one.value) ?? 0) > clock.ms()),
          )
          .map(([one, about]) => toSession(one, about, clock.ms()));
      };
      connection.terminateSession = async (session) => {
        guard(deps, session.externalIdentityId);
        return revokeHeld(
          deps,
          held.filter((one) => fingerprint(one.value) === session.native.held),
        );
      };
      connection.probeSession = (session) => probeToken(deps, session);
    }
    if (can.revokeAll !== 'none') {
      connection.canEnter = (id) => canEnter(deps, id);
      connection.blockIdentity = (id) => block(deps, id);
      connection.endSessions = async (id) => {
        guard(deps, id);
        return revokeHeld(deps, heldOf(deps, id, 'access_token'));
      };
    }
    if (can.derived !== 'none') connection.endDerived = (id) => endDerived(deps, id);
    if (can.pause !== 'none') {
      connection.pauseIdentity = (id) => block(deps, id);
      connection.restoreIdentity = (id) => restore(deps, id);
    }
    if (can.probe !== 'none') connection.probeIdentity = (id) => probeClient(deps, id);
    if (can.canary !== 'none') connection.enterAsCanary = (id) => enter(client, deps, id);
    return connection;
  },
};
