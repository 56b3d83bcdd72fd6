import type { Connection, ConnectorModule } from '@/lib/connectors/contract';
import { readBackends, readRole, readRoles, readStanding, type Standing } from '@/lib/connectors/postgres/catalog';
import { openClient } from '@/lib/connectors/postgres/client';
import { block, endAll, endOne, unblock } from '@/lib/connectors/postgres/end';
import { type Config, manifest, type Secrets } from '@/lib/connectors/postgres/manifest';
import { toIdentity, toSession } from '@/lib/connectors/postgres/normalise';
import { checkStanding } from '@/lib/connectors/postgres/privileges';
import { probeBackend, probeRole } from '@/lib/connectors/postgres/probe';
import { BraidError } from '@/lib/platform/errors';

/**
 * Pause is NOLOGIN and ending the backends, as revoke is: PostgreSQL has nothing gentler that also stops a client which
 * reconnects. What differs is Braid's side: a paused identity is denied as `identity_paused` and resume puts LOGIN back.
 */
export const postgres: ConnectorModule<Config, Secrets> = {
  manifest,
  async connect(config, secrets, host): Promise<Connection> {
    const client = await openClient(config, secrets);
    let standing: Standing;
    try {
      standing = await readStanding(client);
    } catch (error) {
      await client.close();
      throw error;
    }
    // Only what is known to be another server is one: where either does not tell, Braid's own roles stay protected.
    const told = host.own?.systemIdentifier && standing.system;
    const sameCluster = Boolean(told && host.own!.systemIdentifier === standing.system);
    const own = sameCluster || !told ? (host.own?.roles ?? []) : [];
    const deps = { client, own, me: standing.me };
    return {
      async test() {
        standing = await readStanding(client);
        return checkStanding(standing, await readRoles(client, standing, own, []), sameCluster);
      },
      async discover(known = []) {
        return (await readRoles(client, standing, own, known)).map(toIdentity);
      },
      async listSessions() {
        if (!standing.seesAll) standing = await readStanding(client);
        if (!standing.seesAll) {
          throw new BraidError(
            'connector.refused',
            `Sessions of other roles are hidden from this connector. Run: GRANT pg_read_all_stats TO ${standing.meSql};`,
          );
        }
        return (await readBackends(client, own)).map(toSession);
      },
      terminateSession: (session) => endOne(deps, session),
      canEnter: async (role) => (await readRole(client, own, role))?.rolcanlogin ?? false,
      blockIdentity: (role) => block(deps, role),
      endSessions: (role) => endAll(deps, role),
      pauseIdentity: (role) => block(deps, role),
      restoreIdentity: (role) => unblock(deps, role),
      probeIdentity: (role) => probeRole(client, role),
      probeSession: (session) => probeBackend(client, session),
      close: () => client.close(),
    };
  },
};
