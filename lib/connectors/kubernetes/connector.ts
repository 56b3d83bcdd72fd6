import type { FoundIdentity } from '@/lib/connectors/contract';
import type { Connector } from '@/lib/connectors/declared';
import { openClient } from '@/lib/connectors/kubernetes/client';
import { clusterOf } from '@/lib/connectors/kubernetes/cluster';
import {
  type Carrier,
  idOf,
  ownerOf,
  rolesOf,
  toIdentity,
  toSession,
} from '@/lib/connectors/kubernetes/cluster-normalise';
import { block, canEnter, type Deps, endOne, endSessions, predict, restore } from '@/lib/connectors/kubernetes/end';
import { manifest } from '@/lib/connectors/kubernetes/manifest';
import { enterAsCanary, probeIdentity, probeSession } from '@/lib/connectors/kubernetes/probe';
import { standing, whoAmI } from '@/lib/connectors/kubernetes/standing';

async function discover({ cluster, own }: Deps): Promise<FoundIdentity[]> {
  const [accounts, kept, carriers, bindings] = await Promise.all([
    cluster.accounts(),
    cluster.kept(),
    cluster.carriers(),
    cluster.bindings(),
  ]);
  const held = new Map<string, Carrier[]>();
  for (const one of carriers) held.set(ownerOf(one), [...(held.get(ownerOf(one)) ?? []), one]);
  const here = new Set(accounts.map((one) => idOf(one.namespace, one.name)));
  const taken = kept.map((one) => one.account).filter((one) => !here.has(idOf(one.namespace, one.name)));
  return [...accounts, ...taken].map((account) => {
    const id = idOf(account.namespace, account.name);
    return toIdentity(account, {
      own: id === own,
      carriers: held.get(id) ?? [],
      roles: rolesOf(account, bindings),
    });
  });
}

/**
 * A service account has no switch and its tokens no list, but every token carries the uid of its account. So the account is
 * what is taken away and put back: pause is the same as revoke, and restoring gives a new uid to the same name.
 */
export const kubernetesConnector: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets) {
    const client = openClient(config, secrets.token);
    const own = await whoAmI({ client });
    const deps: Deps = { client, cluster: clusterOf(client, config.namespace), own };
    return {
      test: () => standing(deps, config),
      discover: () => discover(deps),
      listSessions: async () => (await deps.cluster.carriers()).map(toSession),
      terminateSession: (session) => endOne(deps, session),
      canEnter: (externalId) => canEnter(deps, externalId),
      blockIdentity: (externalId) => block(deps, externalId),
      pauseIdentity: (externalId) => block(deps, externalId),
      endSessions: (externalId) => endSessions(deps, externalId),
      restoreIdentity: (externalId) => restore(deps, externalId),
      probeIdentity: (externalId) => probeIdentity(deps, externalId),
      probeSession: (session) => probeSession(deps, session),
      predict: (externalId) => predict(deps, externalId),
      enterAsCanary: (externalId) => enterAsCanary(deps, config.canary ?? '', externalId),
      async close() {},
    };
  },
};
