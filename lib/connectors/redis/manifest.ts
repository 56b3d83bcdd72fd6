import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, CANARY_FORM, FOLLOW_FORM, sort, TLS_FIELD, TLS_MODES } from '@/lib/connectors/form-model';
import { usualTls } from '@/lib/connectors/tls-model';

const NODE = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_.-]{1,255})(?::\d{1,5})?$/;
const MOST_NODES = 64;

const nodes = z
  .preprocess(
    (given) => (typeof given === 'string' ? given.split(/[\s,;]+/).filter(Boolean) : given),
    z.array(z.string().max(280).regex(NODE, 'is not host:port')).min(1, 'are needed').max(MOST_NODES),
  )
  .transform((list) => [...new Set(list.map((one) => (/:\d{1,5}$/.test(one) ? one : `${one}:6379`)))]);

export const configSchema = z.strictObject({
  /** `host:port` each; every node keeps users and connections of its own. */
  nodes,
  tls: z.enum(TLS_MODES).default('disable'),
  ca: z.string().trim().max(20_000).optional(),
  /** What makes a block outlive a restart: ACL SAVE; where there is no ACL file, also CONFIG REWRITE; or nothing. */
  persist: z.enum(['acl', 'rewrite', 'no']).default('acl'),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

/** Of `host:port`, or of a host alone. */
export const hostOf = (node: string): string => node.replace(/:\d{1,5}$/, '');

export const secretsSchema = z.strictObject({
  user: z.string().min(1, 'is needed').max(200),
  password: z.string().max(1024).default(''),
  canaryPassword: z.string().max(1024).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

export const manifest = {
  vendor: 'redis',
  title: 'Redis / Valkey',
  family: 'databases',
  summary:
    'Switches ACL users off on every listed node and kills their connections; proven by two listings without one.',
  capabilities: {
    discover: 'native',
    list: 'native',
    terminateOne: 'native',
    revokeAll: 'native',
    pause: 'native',
    restore: 'native',
    probe: 'native',
    predict: 'native',
    canary: 'native',
    rotate: 'native',
    gaps: {
      G6: '“off” leaves open connections as they are, subscribers, blocked and MONITOR clients too: Braid kills them after it.',
      G7: 'Every node has users of its own. Nodes that are not listed here keep letting the user in: named when the others tell of them.',
    },
    granularity: 'session',
    async: false,
    propagationMs: { p50: 300, max: 2_000 },
    blastRadius:
      'Every connection of the user on every listed node, for all databases. What they block on or are subscribed to ends with them; commands queued in MULTI are dropped.',
    blastRadiusOne: 'What it blocks on or is subscribed to ends with it. The user may connect again at once.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Connections shorter than the poll interval are not seen. Clients that never log in are shown as “default”. Behind a proxy the proxy’s address is seen. Start times are known to a second.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [{ gap: 'G7', what: 'logins at nodes that are not listed here', forMs: null }],
  form: [
    {
      name: 'nodes',
      label: 'Nodes',
      secret: false,
      placeholder: 'redis-1.internal:6379, redis-2.internal:6379',
      help: 'All of them: primary, replicas, every node of a cluster, Sentinels that have users. ACLs are not replicated.',
      required: true,
    },
    { name: 'user', label: 'ACL user', secret: true, placeholder: 'braid_connector', required: true },
    { name: 'password', label: 'Password', secret: true, required: false },
    TLS_FIELD,
    CA_FIELD,
    {
      name: 'persist',
      label: 'After a restart',
      secret: false,
      required: false,
      options: [
        { value: 'acl', label: 'a block holds where there is an ACL file (ACL SAVE)' },
        { value: 'rewrite', label: 'it holds everywhere (also CONFIG REWRITE)' },
        { value: 'no', label: 'it is lost: nothing is written' },
      ],
    },
    ...CANARY_FORM,
    ...FOLLOW_FORM,
  ],
  split(values) {
    const { config, secrets } = sort(values, ['user', 'password', 'canaryPassword']);
    const hosts = (values.nodes ?? '').split(/[\s,;]+/).filter(Boolean);
    const tls = values.tls || usualTls(hosts.map(hostOf), values.ca ?? '', 'disable');
    return { config: { ...config, tls }, secrets };
  },
  values: (config) => ({
    nodes: config.nodes.join(', '),
    tls: config.tls,
    ca: config.ca ?? '',
    persist: config.persist,
    canary: config.canary ?? '',
    pollMs: String(config.pollMs),
    linkByName: String(config.linkByName),
  }),
  sameTarget: (before, after) =>
    after.nodes.every((node) => before.nodes.includes(node)) &&
    before.ca === after.ca &&
    TLS_MODES.indexOf(after.tls) >= TLS_MODES.indexOf(before.tls),
  target: (config) => config.nodes.join(', ').slice(0, 600),
} satisfies Manifest<Config, Secrets>;
