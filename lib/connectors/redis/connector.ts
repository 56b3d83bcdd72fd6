import type { NativeSession } from '@/lib/connectors/contract';
import type { Connector } from '@/lib/connectors/declared';
import { CLIENT_NAME, type Node } from '@/lib/connectors/redis/client';
import { block, type Deps, endAll, endOne, unblock } from '@/lib/connectors/redis/end';
import { clientsOf, factsOf, fleetOf, isOn, linkUsers, usersOf } from '@/lib/connectors/redis/fleet';
import { manifest } from '@/lib/connectors/redis/manifest';
import { type AclEntry, isLink, toIdentity, toSession } from '@/lib/connectors/redis/normalise';
import { enter, predict, probeClient, probeName } from '@/lib/connectors/redis/probe';
import { probeRotated } from '@/lib/connectors/redis/probe-rotated';
import { checkRights } from '@/lib/connectors/redis/rights';
import { rotate } from '@/lib/connectors/redis/rotate';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Sessions of one node. Start times are told in whole seconds: the first one computed is kept while the client lives. */
function lister(me: string) {
  const starts = new Map<string, Map<string, number>>();
  const last = new Map<string, NativeSession[]>();
  const read = async (node: Node): Promise<NativeSession[]> => {
    const [facts, rows] = await Promise.all([factsOf(node), clientsOf(node)]);
    const at = clock.ms();
    const known = starts.get(node.name) ?? new Map<string, number>();
    const now = new Map<string, number>();
    const sessions = rows
      .filter((row) => !isLink(row) && !(row.user === me && row.name === CLIENT_NAME))
      .map((row) => {
        const key = `${facts.runId}:${row.id}`;
        const startedAt = known.get(key) ?? at - row.age * 1000;
        now.set(key, startedAt);
        return toSession(row, { node: facts, at, startedAt });
      });
    starts.set(node.name, now);
    last.set(node.name, sessions);
    return sessions;
  };
  return { read, last };
}

/** Pause is “off” and killing, as revoke is: what differs is Braid's side, and that resume turns the user on again. */
export const redis: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets) {
    const fleet = fleetOf(config, secrets);
    const me = secrets.user;
    const deps: Deps = { fleet, me, persist: config.persist };
    const canary =
      config.canary && secrets.canaryPassword
        ? { user: config.canary, password: secrets.canaryPassword, config }
        : null;
    const sessions = lister(me);
    const answers = await fleet.each((node) => node.send('CLIENT', 'ID'));
    const up = answers.some((one) => !one.error);
    if (!up) {
      fleet.close();
      throw answers[0]!.error!;
    }
    return {
      test: () => checkRights(fleet, me, config),
      async discover() {
        const said = await fleet.all(async (node) => ({ users: await usersOf(node), links: await linkUsers(node) }));
        const links = new Set(said.flatMap((one) => one.value.links));
        const byName = new Map<string, { node: string; user: AclEntry }[]>();
        for (const { node, value } of said)
          for (const user of value.users)
            byName.set(user.name, [...(byName.get(user.name) ?? []), { node: node.name, user }]);
        return [...byName].map(([name, found]) =>
          toIdentity(found, name === 'default' || name === me || links.has(name)),
        );
      },
      async listSessions() {
        const said = await fleet.each(sessions.read);
        return said.flatMap(({ node, value, error }) => {
          // What a silent node was last seen with is not over because it is silent; `test` says that it is.
          const seen = value ?? (error?.code === 'connector.unreachable' ? sessions.last.get(node.name) : undefined);
          if (!seen || said.every((one) => one.error)) throw error;
          return seen;
        });
      },
      terminateSession: (session) => endOne(deps, session),
      async canEnter(user) {
        const said = await fleet.each((node) => isOn(node, user));
        const silent = said.find((one) => one.error);
        const enters = said.some((one) => one.value === true);
        if (!enters && silent) throw silent.error;
        return enters;
      },
      blockIdentity: (user) => block(deps, user),
      endSessions: (user) => endAll(deps, user),
      pauseIdentity: (user) => block(deps, user),
      restoreIdentity: (user) => unblock(deps, user),
      probeIdentity: (user) => probeName({ fleet, persist: config.persist, canary }, user),
      probeSession: (session) => probeClient(fleet, session),
      rotateSecret: (user, rotation) => rotate(deps, user, rotation),
      probeRotated: (user, rotation) => probeRotated({ fleet, config }, user, rotation),
      predict: (user) => predict(fleet, user),
      async enterAsCanary(user) {
        if (canary?.user !== user)
          throw new BraidError(
            'connector.unsupported',
            `No password of ${user} is held: it is not this connector’s canary.`,
          );
        return enter(canary);
      },
      close: async () => fleet.close(),
    };
  },
};
