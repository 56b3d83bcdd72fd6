import type { Connector } from '@/lib/connectors/declared';
import { block, endDerived, endOne, endSessions, pause, predict, restore } from '@/lib/connectors/okta/act';
import { canaryOf } from '@/lib/connectors/okta/canary';
import { openClient } from '@/lib/connectors/okta/client';
import { probeConsent, revokeConsent } from '@/lib/connectors/okta/consent';
import { targetOf } from '@/lib/connectors/okta/found-normalise';
import { changes, pull } from '@/lib/connectors/okta/log';
import { manifest } from '@/lib/connectors/okta/manifest';
import { probe, probeSession } from '@/lib/connectors/okta/probe';
import { probeRotated } from '@/lib/connectors/okta/probe-rotated';
import { type Deps, everything, foundOf, sessions } from '@/lib/connectors/okta/read';
import { rights } from '@/lib/connectors/okta/rights';
import { rotateSecret } from '@/lib/connectors/okta/rotate';

export const oktaConnector: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, host) {
    const client = await openClient(config, secrets);
    const canary = canaryOf(config, secrets);
    const deps: Deps = {
      client,
      config,
      notes: host.notes,
      looks: host.looks,
      canary,
      apps: { at: 0, ids: [] },
      agents: true,
    };
    return {
      test: () => rights(deps),
      discover: (known = []) => everything(deps, known),
      lists: (externalId) => !externalId.startsWith('agent:') || deps.agents,
      discoverChanges: (cursor) => changes(deps, cursor),
      listSessions: () => sessions(deps),
      terminateSession: (session) => endOne(deps, session),
      async canEnter(externalId) {
        const target = targetOf(externalId);
        return target !== null && ((await foundOf(deps, target))?.enabled ?? false);
      },
      blockIdentity: (externalId) => block(deps, externalId),
      endSessions: (externalId) => endSessions(deps, externalId),
      endDerived: (externalId) => endDerived(deps, externalId),
      pauseIdentity: (externalId) => pause(deps, externalId),
      restoreIdentity: (externalId) => restore(deps, externalId),
      probeIdentity: (externalId) => probe(deps, externalId),
      probeSession: (session) => probeSession(deps, session),
      rotateSecret: (externalId, rotation) => rotateSecret(deps, externalId, rotation),
      probeRotated: (externalId, rotation) => probeRotated(deps, externalId, rotation),
      predict: (externalId) => predict(deps, externalId),
      pullEvents: (cursor, most) => pull(deps, cursor, most),
      revokeConsent: (consent) => revokeConsent(deps, consent),
      probeConsent: (consent, since) => probeConsent(deps, consent, since),
      enterAsCanary: (externalId) => canary.enter(externalId),
      async close() {},
    };
  },
};
