import { blockedSince } from '@/lib/connectors/blocked-since';
import type { Connector } from '@/lib/connectors/declared';
import { block, endSessions, predict, restore } from '@/lib/connectors/google/act';
import { canaryOf } from '@/lib/connectors/google/canary';
import { openClient } from '@/lib/connectors/google/client';
import { pull } from '@/lib/connectors/google/events';
import { projectOf } from '@/lib/connectors/google/found-normalise';
import { manifest } from '@/lib/connectors/google/manifest';
import { probe } from '@/lib/connectors/google/probe';
import { probeRotated } from '@/lib/connectors/google/probe-rotated';
import { type Deps, everything, foundOf } from '@/lib/connectors/google/read';
import { rights } from '@/lib/connectors/google/rights';
import { rotateSecret } from '@/lib/connectors/google/rotate';

export const googleConnector: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, host) {
    const client = await openClient(config, secrets);
    const canary = canaryOf(config, secrets);
    const deps: Deps = {
      client,
      config,
      notes: host.notes,
      looks: host.looks,
      since: blockedSince(host.notes),
      canary,
    };
    return {
      test: () => rights(deps),
      discover: (known = []) => everything(deps, known),
      lists: (externalId) => config.projects.includes(projectOf(externalId) ?? config.projects[0]!),
      canEnter: async (externalId) => (await foundOf(deps, externalId))?.enabled ?? false,
      blockIdentity: (externalId) => block(deps, externalId),
      endSessions: (externalId) => endSessions(deps, externalId),
      pauseIdentity: (externalId) => block(deps, externalId),
      restoreIdentity: (externalId) => restore(deps, externalId),
      probeIdentity: (externalId) => probe(deps, externalId),
      rotateSecret: (externalId, rotation) => rotateSecret(deps, externalId, rotation),
      probeRotated: (externalId, rotation) => probeRotated(deps, externalId, rotation),
      predict: (externalId) => predict(deps, externalId),
      pullEvents: (cursor, most) => pull(deps, cursor, most),
      enterAsCanary: (externalId) => canary.enter(externalId),
      async close() {},
    };
  },
};
