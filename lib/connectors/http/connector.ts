import { blockedSince } from '@/lib/connectors/blocked-since';
import type { ConnectionOf, Connector } from '@/lib/connectors/declared';
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
import { capabilitiesOf, manifest, readDescription } from '@/lib/connectors/http/manifest';
import { probeIdentity, probeSession } from '@/lib/connectors/http/probe';
import { checkRights } from '@/lib/connectors/http/rights';

export const http: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, host) {
    const given = readDescription(config.description);
    const can = capabilitiesOf(config);
    const client = openClient(given, config, secrets);
    const deps: Deps = { client, given, since: blockedSince(host.notes) };
    const connection: ConnectionOf<typeof manifest> = { test: () => checkRights(deps), close: async () => {} };
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
