import type { Connector } from '@/lib/connectors/declared';
import { block, ended, pause, predict, restore } from '@/lib/connectors/github/act';
import { canaryOf } from '@/lib/connectors/github/canary';
import { openClient } from '@/lib/connectors/github/client';
import { pull } from '@/lib/connectors/github/events';
import { targetOf } from '@/lib/connectors/github/found-normalise';
import { manifest } from '@/lib/connectors/github/manifest';
import { probe } from '@/lib/connectors/github/probe';
import { type Deps, everything, standing } from '@/lib/connectors/github/read';
import { rights } from '@/lib/connectors/github/rights';

export const githubConnector: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, host) {
    const client = await openClient(config, secrets);
    const canary = canaryOf(client, config, secrets);
    const deps: Deps = {
      client,
      config,
      secrets,
      own: client.installationId,
      notes: host.notes,
      looks: host.looks,
      canary,
      cut: false,
      signOn: true,
    };
    return {
      test: () => rights(deps),
      discover: (known = []) => everything(deps, known),
      // A held token is known from the settings. Where not all repositories are read, a key may be in one of the others.
      lists: (externalId) =>
        /^(grant|installation):/.test(externalId) ||
        (externalId.startsWith('sso:') && deps.signOn) ||
        (externalId.startsWith('deploy_key:') && !deps.cut),
      async canEnter(externalId) {
        const target = targetOf(externalId);
        return target !== null && (await standing(deps, target)).open;
      },
      blockIdentity: (externalId) => block(deps, externalId),
      endSessions: (externalId) => ended(deps, externalId),
      pauseIdentity: (externalId) => pause(deps, externalId),
      restoreIdentity: (externalId) => restore(deps, externalId),
      probeIdentity: (externalId) => probe(deps, externalId),
      predict: (externalId) => predict(deps, externalId),
      pullEvents: (cursor, most) => pull(deps, cursor, most),
      enterAsCanary: (externalId) => canary.enter(externalId),
      async close() {},
    };
  },
};
