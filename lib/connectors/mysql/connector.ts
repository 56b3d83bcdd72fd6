import type { Connector } from '@/lib/connectors/declared';
import {
  picture,
  protectedBecause,
  readAccount,
  readAccounts,
  readRun,
  readStanding,
  readSystem,
  type Standing,
} from '@/lib/connectors/mysql/catalog';
import { openClient } from '@/lib/connectors/mysql/client';
import { block, type Deps, endAll, endOne, unblock } from '@/lib/connectors/mysql/end';
import { manifest } from '@/lib/connectors/mysql/manifest';
import { accountId, toIdentity, toSession } from '@/lib/connectors/mysql/normalise';
import { enter, type Proof, predict, probeAccount, probeConnection } from '@/lib/connectors/mysql/probe';
import { probeRotated } from '@/lib/connectors/mysql/probe-rotated';
import { checkRights } from '@/lib/connectors/mysql/rights';
import { rotate } from '@/lib/connectors/mysql/rotate';
import { clock } from '@/lib/platform/clock';

/** Pause is the lock and killing, as revoke is: what differs is Braid's side, and that resume unlocks. */
export const mysql: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets) {
    const client = await openClient(config, secrets);
    let standing: Standing;
    try {
      standing = await readStanding(client);
    } catch (error) {
      await client.close();
      throw error;
    }
    const deps: Deps = { client, standing };
    const canary =
      config.canary && secrets.canaryPassword ? { id: config.canary, password: secrets.canaryPassword } : null;
    const proof: Proof = { client, standing, config, canary };
    // The server does not tell when a connection began: it is when it was seen first, or as long ago as it has done what it does.
    let starts = new Map<string, number>();
    return {
      test: () => checkRights(client, standing, config),
      system: () => readSystem(client, standing),
      async discover(known = []) {
        const [accounts, { linked }] = [await readAccounts(client, standing), await picture(client, standing)];
        return accounts
          .filter((row) => !row.role || known.includes(accountId(row)))
          .map((row) => toIdentity(row, protectedBecause(row.user, accountId(row), standing, linked) !== null));
      },
      async listSessions() {
        const [run, seen] = [await readRun(client, standing), await picture(client, standing)];
        const at = clock.ms();
        const now = new Map<string, number>();
        const sessions = seen.clients
          .filter((one) => one.account.id !== standing.own)
          .map(({ row, account }) => {
            const key = `${run}:${row.id}`;
            const startedAt = starts.get(key) ?? at - Math.max(0, row.time) * 1000;
            now.set(key, startedAt);
            return toSession(row, { run, at, startedAt, account });
          });
        starts = now;
        return sessions;
      },
      terminateSession: (session) => endOne(deps, session),
      canEnter: async (id) => (await readAccount(client, standing, id))?.locked === false,
      blockIdentity: (id) => block(deps, id),
      endSessions: (id) => endAll(deps, id),
      pauseIdentity: (id) => block(deps, id),
      restoreIdentity: (id) => unblock(deps, id),
      probeIdentity: (id) => probeAccount(proof, id),
      probeSession: (session) => probeConnection(proof, session),
      rotateSecret: (id, rotation) => rotate(deps, id, rotation),
      probeRotated: (id, rotation) => probeRotated(proof, id, rotation),
      predict: (id) => predict(proof, id),
      enterAsCanary: (id) => enter(proof, id),
      close: () => client.close(),
    };
  },
};
