import type { Tested } from '@/lib/connectors/contract';
import type { Connector } from '@/lib/connectors/declared';
import { type Client, clientOf } from '@/lib/connectors/rabbitmq/client';
import { block, type Deps, endAll, endOne, unblock, userOf } from '@/lib/connectors/rabbitmq/end';
import { type Config, manifest } from '@/lib/connectors/rabbitmq/manifest';
import {
  COLUMNS,
  canEnter,
  isInternal,
  keyOf,
  readAccount,
  readAccounts,
  readConnections,
  type Seen,
  toIdentity,
  toOutsider,
  toSession,
} from '@/lib/connectors/rabbitmq/normalise';
import { enter, type Proof, predict, probeConnection, probeName } from '@/lib/connectors/rabbitmq/probe';
import { probeRotated } from '@/lib/connectors/rabbitmq/probe-rotated';
import { rotate } from '@/lib/connectors/rabbitmq/rotate';
import { wireCheck } from '@/lib/connectors/tls-model';
import { clock } from '@/lib/platform/clock';

const IDLE_MS = 60_000;

/** The management API, and where the canary logs in: over HTTP and AMQP a password crosses the network as it is. */
function wireOf({ url, amqp }: Config): Tested['checks'][number] {
  const plain = [url, ...(amqp ? [amqp] : [])]
    .map((one) => new URL(one))
    .filter(({ protocol }) => !/s:$/.test(protocol));
  const hosts = plain.length ? plain.map(({ hostname }) => hostname) : [new URL(url).hostname];
  const fix = 'Switch TLS on in RabbitMQ (management.ssl.*, listeners.ssl.*) and use https:// and amqps:// here.';
  return wireCheck(hosts, plain.length ? 'plain' : 'checked', fix);
}

async function checkRights(client: Client, config: Config, me: string): Promise<Tested> {
  const [who, overview] = await Promise.all([
    client.get('/whoami'),
    client.get('/overview?columns=rabbitmq_version,cluster_name,disable_stats'),
  ]);
  const user = readAccount(who);
  const about = (overview ?? {}) as { rabbitmq_version?: string; cluster_name?: string; disable_stats?: boolean };
  const administrator = user?.tags.includes('administrator') === true;
  const checks: Tested['checks'] = [
    {
      check: 'Connect',
      ok: true,
      detail: `As ${me}, RabbitMQ ${about.rabbitmq_version ?? ''}, cluster ${about.cluster_name ?? ''}.`.slice(0, 500),
    },
    {
      check: 'See and end connections, change users',
      ok: administrator,
      detail: administrator
        ? 'The tag administrator is there: RabbitMQ has nothing smaller that may change users.'
        : `The tag administrator is missing; it has: ${user?.tags.join(', ') || 'none'}.`.slice(0, 500),
      ...(administrator ? {} : { fix: `rabbitmqctl set_user_tags ${me} administrator` }),
    },
    {
      check: 'Statistics',
      ok: about.disable_stats !== true,
      detail: about.disable_stats
        ? 'They are switched off (management.disable_stats): sessions can’t be listed.'
        : 'Connections are listed with where they come from.',
    },
    wireOf(config),
    { check: 'Protected users', ok: true, detail: `${me} and the broker’s own: shown, never revoked.` },
  ];
  return { ok: checks.every((check) => check.ok), checks };
}

/** Lists sessions; when a connection was last active is seen from the bytes it moved since the last look. */
function lister(client: Client) {
  let before = new Map<string, Seen & { bytes: number }>();
  return async () => {
    const rows = readConnections(await client.list(`/connections?columns=${COLUMNS}`));
    const at = clock.ms();
    const now = new Map<string, Seen & { bytes: number }>();
    const sessions = rows
      .filter((row) => !isInternal(row.user))
      .map((row) => {
        const known = before.get(keyOf(row));
        const lastAt = known && known.bytes === row.bytes ? known.lastAt : at;
        const seen = {
          startedAt: row.connectedAt || known?.startedAt || at,
          lastAt,
          idle: at - lastAt > IDLE_MS,
          bytes: row.bytes,
        };
        now.set(keyOf(row), seen);
        return toSession(row, seen);
      });
    before = now;
    return sessions;
  };
}

/** Pause is the same two locks and closing, as revoke is: what differs is Braid's side, and that resume gives both back. */
export const rabbitmq: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets) {
    const client = clientOf(config, secrets);
    const me = secrets.user;
    await client.get('/whoami');
    const deps: Deps = { client, me };
    const canary =
      config.canary && secrets.canaryPassword ? { user: config.canary, password: secrets.canaryPassword } : null;
    const proof: Proof = { ...deps, config, canary };
    const listSessions = lister(client);
    return {
      test: () => checkRights(client, config, me),
      async discover() {
        const users = readAccounts(await client.list('/users'));
        const names = new Set(users.map((user) => user.name));
        const seen = readConnections(await client.list(`/connections?columns=${COLUMNS}`)).map((row) => row.user);
        const outsiders = [...new Set(seen)].filter((name) => !names.has(name) && !isInternal(name));
        return [
          ...users.map((user) => toIdentity(user, user.name === me || isInternal(user.name))),
          ...outsiders.map(toOutsider),
        ];
      },
      listSessions,
      terminateSession: (session) => endOne(deps, session),
      async canEnter(name) {
        const user = await userOf(deps, name);
        // Whom another backend lets in can't be told; nothing is taken from it here.
        return user !== undefined && canEnter(user);
      },
      blockIdentity: (name) => block(deps, name),
      endSessions: (name) => endAll(deps, name),
      pauseIdentity: (name) => block(deps, name),
      restoreIdentity: (name) => unblock(deps, name),
      probeIdentity: (name) => probeName(proof, name),
      probeSession: (session) => probeConnection(proof, session),
      rotateSecret: (name, rotation) => rotate(deps, name, rotation),
      probeRotated: (name, rotation) => probeRotated(proof, name, rotation),
      predict: (name) => predict(deps, name),
      enterAsCanary: (name) => enter(proof, name),
      async close() {},
    };
  },
};
