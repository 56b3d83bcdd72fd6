import type { Connector } from '@/lib/connectors/declared';
import { canaryAt } from '@/lib/connectors/keycloak/canary';
import { findClient, readIdentities, readRealm, readSessions, servicesReader } from '@/lib/connectors/keycloak/catalog';
import { openClient } from '@/lib/connectors/keycloak/client';
import { probeConsent, revokeConsent } from '@/lib/connectors/keycloak/consent';
import { block, disable, enable, endAll, endDerived, endOne, predict } from '@/lib/connectors/keycloak/end';
import { changesSince, pull } from '@/lib/connectors/keycloak/events';
import { isProtected, isService } from '@/lib/connectors/keycloak/found-normalise';
import { manifest } from '@/lib/connectors/keycloak/manifest';
import { probeClient, probeOne } from '@/lib/connectors/keycloak/probe';
import { probeRotated } from '@/lib/connectors/keycloak/probe-rotated';
import { checkRights } from '@/lib/connectors/keycloak/rights';
import { rotateSecret } from '@/lib/connectors/keycloak/rotate';

/** One realm. Revoke disables the client; pause is the same without removing a rotated secret, so that it comes back whole. */
export const keycloak: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets) {
    const client = await openClient(config, secrets);
    let realm = await readRealm(client);
    const services = servicesReader(client);
    const canary = canaryAt(client, config.canary, secrets.canarySecret);
    const guarded = (clientId: string) => isProtected(clientId, config.clientId, config.realm);
    const deps = { client, guarded };
    const look = async () => {
      realm = await readRealm(client);
      return { client, realm, secretOf: canary.secretOf, heldOf: canary.heldOf };
    };
    const everything = (known: string[]) => readIdentities(client, guarded, realm.id, known);
    return {
      test: () => checkRights(client, config, secrets),
      discover: (known = []) => everything(known),
      discoverChanges: async (cursor) => {
        const { realm: now } = await look();
        return changesSince(client, cursor, now.adminEventsEnabled, () => everything([]));
      },
      listSessions: async () => readSessions(client, await services()),
      terminateSession: (session) => endOne(deps, session),
      canEnter: async (clientId) => {
        const row = await findClient(client, clientId);
        return row !== null && row.enabled !== false && isService(row);
      },
      blockIdentity: (clientId) => block(deps, clientId),
      endSessions: (clientId) => endAll(deps, clientId),
      endDerived: (clientId) => endDerived(deps, clientId),
      pauseIdentity: (clientId) => disable(deps, clientId),
      restoreIdentity: (clientId) => enable(deps, clientId),
      probeIdentity: async (clientId) => probeClient(await look(), clientId),
      probeSession: async (session) => probeOne(await look(), session),
      rotateSecret: (clientId) => rotateSecret(deps, clientId, realm.id),
      probeRotated: async (clientId, rotation) => probeRotated(await look(), clientId, rotation),
      predict: (clientId) => predict(deps, clientId),
      enterAsCanary: (clientId) => canary.enter(clientId),
      pullEvents: (cursor, most) => pull(client, cursor, most),
      revokeConsent: (consent) => revokeConsent(deps, consent),
      probeConsent: async (consent, since) => probeConsent(deps, (await look()).realm, consent, since),
      close: async () => {},
    };
  },
};
