import { blockedSince } from '@/lib/connectors/blocked-since';
import type { Connector } from '@/lib/connectors/declared';
import { block, endDerived, endSessions, predict, restore } from '@/lib/connectors/entra/act';
import { canaryOf } from '@/lib/connectors/entra/canary';
import { changes } from '@/lib/connectors/entra/changes';
import { openClient } from '@/lib/connectors/entra/client';
import { probeConsent, revokeConsent } from '@/lib/connectors/entra/consent';
import { pull } from '@/lib/connectors/entra/events';
import { manifest } from '@/lib/connectors/entra/manifest';
import { probe } from '@/lib/connectors/entra/probe';
import { probeRotated } from '@/lib/connectors/entra/probe-rotated';
import { type Deps, everything, foundOf } from '@/lib/connectors/entra/read';
import { rights } from '@/lib/connectors/entra/rights';
import { rotateSecret } from '@/lib/connectors/entra/rotate';

export const entraConnector: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, host) {
    const { notes } = host;
    const client = await openClient(config, secrets);
    const canary = canaryOf({ client, config }, config, secrets);
    const deps: Deps = { client, config, notes, since: blockedSince(notes), canary };
    return {
      test: () => rights(deps),
      discover: (known = []) => everything(deps, known),
      discoverChanges: (cursor) => changes(deps, cursor),
      canEnter: async (externalId) => (await foundOf(deps, externalId))?.enabled ?? false,
      blockIdentity: (externalId) => block(deps, externalId),
      endSessions: (externalId) => endSessions(deps, externalId),
      endDerived: (externalId, ending) => endDerived(deps, externalId, ending),
      pauseIdentity: (externalId) => block(deps, externalId),
      restoreIdentity: (externalId) => restore(deps, externalId),
      probeIdentity: (externalId) => probe(deps, externalId),
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
