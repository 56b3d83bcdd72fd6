import type { NativeSession, Tested } from '@/lib/connectors/contract';
import type { Connector } from '@/lib/connectors/declared';
import {
  readBackends,
  readRole,
  readRoles,
  readStanding,
  readSystem,
  type Standing,
} from '@/lib/connectors/postgres/catalog';
import { type Client, openClient } from '@/lib/connectors/postgres/client';
import { block, endAll, endOne, target, unblock } from '@/lib/connectors/postgres/end';
import { manifest } from '@/lib/connectors/postgres/manifest';
import { toIdentity, toSession } from '@/lib/connectors/postgres/normalise';
import { endPooledAll, endPooledOne, type Pooler, poolerOf } from '@/lib/connectors/postgres/pooler';
import { pooledKey, toPooledIdentity, toPooledSession } from '@/lib/connectors/postgres/pooler-normalise';
import { predict } from '@/lib/connectors/postgres/predict';
import { checkStanding } from '@/lib/connectors/postgres/privileges';
import { enter, type Proof, probeBackend, probePooled, probeRole } from '@/lib/connectors/postgres/probe';
import { probeRotated } from '@/lib/connectors/postgres/probe-rotated';
import { rotate } from '@/lib/connectors/postgres/rotate';
import { wireCheck } from '@/lib/connectors/tls-model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Backends, and instead of those of the pooler the clients behind it. */
function lister(client: Client, own: string[], pooler: Pooler | null) {
  let first = new Map<string, number>();
  return async (): Promise<NativeSession[]> => {
    const backends = await readBackends(client, own);
    if (!pooler) return backends.map(toSession);
    const [servers, clients] = [await pooler.servers(), await pooler.clients()];
    const at = clock.ms();
    first = new Map(clients.map((one) => [pooledKey(one), first.get(pooledKey(one)) ?? at]));
    const pooled = clients.map((one) => toPooledSession(one, at, first.get(pooledKey(one))!));
    const direct = backends.filter((row) => !servers.has(`${row.client_addr}:${row.client_port}`));
    return [...direct.map(toSession), ...pooled];
  };
}

async function checkPooler(pooler: Pooler): Promise<Tested['checks'][number]> {
  const check = 'PgBouncer console';
  try {
    const [clients, forced] = [await pooler.clients(), await pooler.forced()];
    const shared = [...forced].map(([database, role]) => `${database} as ${role}`).join(', ');
    const detail = `${clients.length} clients at ${pooler.name}.${shared ? ` It logs in for everybody: ${shared}.` : ''}`;
    return { check, ok: true, detail: detail.slice(0, 1000) };
  } catch (error) {
    const detail = error instanceof BraidError ? error.publicMessage : 'It does not answer.';
    return {
      check,
      ok: false,
      detail,
      fix: 'pgbouncer.ini: admin_users = <the PgBouncer user given here>, then RELOAD',
    };
  }
}

/**
 * Pause is NOLOGIN and ending the backends, as revoke is: PostgreSQL has nothing gentler that also stops a client which
 * reconnects. What differs is Braid's side: a paused identity is denied as `identity_paused` and resume puts LOGIN back.
 */
export const postgres: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, host) {
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
    const pooler = poolerOf(config, secrets);
    const canary =
      config.canary && secrets.canaryPassword ? { role: config.canary, password: secrets.canaryPassword } : null;
    const proof: Proof = { client, config, pooler, canary };
    const list = lister(client, own, pooler);
    return {
      async test() {
        standing = await readStanding(client);
        const tested = checkStanding(standing, await readRoles(client, standing, own, []), sameCluster);
        const checks = [...tested.checks, wireCheck([config.host], client.wire)];
        if (pooler) checks.push(await checkPooler(pooler));
        return { ok: checks.every((one) => one.ok), checks };
      },
      system: () => readSystem(client),
      async discover(known = []) {
        const roles = await readRoles(client, standing, own, known);
        const names = new Set(roles.map((role) => role.rolname));
        const pooled = pooler ? (await pooler.clients()).map((one) => one.user) : [];
        const strange = [...new Set(pooled)].filter((name) => !names.has(name));
        return [...roles.map(toIdentity), ...strange.map(toPooledIdentity)];
      },
      async listSessions() {
        if (!standing.seesAll) standing = await readStanding(client);
        if (!standing.seesAll) {
          throw new BraidError(
            'connector.refused',
            `Sessions of other roles are hidden from this connector. Run: GRANT pg_read_all_stats TO ${standing.meSql};`,
          );
        }
        return list();
      },
      async terminateSession(session) {
        if (!pooler || !session.native.pooled) return endOne(deps, session);
        await target(deps, session.externalIdentityId);
        return endPooledOne(pooler, session);
      },
      canEnter: async (role) => (await readRole(client, own, role))?.rolcanlogin ?? false,
      blockIdentity: (role) => block(deps, role),
      async endSessions(role) {
        const done = await endAll(deps, role);
        return pooler ? endPooledAll(pooler, role, done) : done;
      },
      pauseIdentity: (role) => block(deps, role),
      restoreIdentity: (role) => unblock(deps, role),
      probeIdentity: (role) => probeRole(proof, role),
      probeSession: (session) =>
        pooler && session.native.pooled ? probePooled(pooler, session) : probeBackend(client, session),
      rotateSecret: (role, rotation) => rotate(deps, role, rotation),
      probeRotated: (role, rotation) => probeRotated(proof, role, rotation),
      predict: (role) => predict(client, pooler, role),
      enterAsCanary: (role) => enter(proof, role),
      async close() {
        await Promise.allSettled([client.close(), pooler?.close()]);
      },
    };
  },
};
