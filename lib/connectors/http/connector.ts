import { blockedSince } from '@/lib/connectors/blocked-since';
import type { Connection, ConnectorModule, Tested } from '@/lib/connectors/contract';
import {
  block,
  type Deps,
  enabled,
  endAll,
  endDerived,
  endOne,
  readIdentities,
  readSessions,
  restore,
} from '@/lib/connectors/http/act';
import { openClient } from '@/lib/connectors/http/client';
import { type Config, capabilitiesOf, manifest, readDescription, type Secrets } from '@/lib/connectors/http/manifest';
import { probeIdentity, probeSession } from '@/lib/connectors/http/probe';
import { toBraidError } from '@/lib/platform/errors';

/** Asks what is described for reading, and says what was understood of the answers. Nothing is ended. */
async function test(deps: Deps): Promise<Tested> {
  const tried = async (check: string, work: () => Promise<{ length: number }>, what: string) => {
    try {
      const { length } = await work();
      return { check, ok: true, detail: `${length} ${what} read.` };
    } catch (error) {
      return { check, ok: false, detail: toBraidError(error).publicMessage };
    }
  };
  const { given } = deps;
  const checks = [
    ...(given.identities ? [await tried('List identities', () => readIdentities(deps), 'identities')] : []),
    ...(given.sessions ? [await tried('List sessions', () => readSessions(deps), 'sessions')] : []),
  ];
  if (given.state && given.identities && checks[0]!.ok) {
    const [one] = await readIdentities(deps);
    if (one) {
      const state = async () => ({ length: (await enabled(deps, one.externalId)) === undefined ? 0 : 1 });
      checks.push(await tried('Read the state of one', state, `state of ${one.externalId}`));
    }
  }
  if (!checks.length)
    checks.push({ check: 'Description', ok: true, detail: 'Nothing in it reads, so nothing was asked.' });
  return { ok: checks.every((one) => one.ok), checks };
}

export const http: ConnectorModule<Config, Secrets> = {
  manifest,
  async connect(config, secrets, host): Promise<Connection> {
    const given = readDescription(config.description);
    const can = capabilitiesOf(config);
    const client = openClient(given, config, secrets);
    const deps: Deps = { client, given, since: blockedSince(host.notes) };
    const connection: Connection = { test: () => test(deps), close: async () => {} };
    const has = (means: string | undefined) => means === 'native';
    if (has(can.discover)) connection.discover = () => readIdentities(deps);
    if (has(can.list)) connection.listSessions = () => readSessions(deps);
    if (has(can.terminateOne)) {
      connection.terminateSession = (session) => endOne(deps, session);
      connection.probeSession = (session) => probeSession(deps, session);
    }
    if (has(can.revokeAll)) {
      connection.canEnter = async (id) => (await enabled(deps, id)) ?? false;
      connection.blockIdentity = (id) => block(deps, id);
      connection.endSessions = (id) => endAll(deps, id);
    }
    if (has(can.pause)) connection.pauseIdentity = (id) => block(deps, id);
    if (has(can.restore)) connection.restoreIdentity = (id) => restore(deps, id);
    if (has(can.derived)) connection.endDerived = (id, ending) => endDerived(deps, id, ending);
    if (has(can.probe)) connection.probeIdentity = (id) => probeIdentity(deps, id);
    return connection;
  },
};
