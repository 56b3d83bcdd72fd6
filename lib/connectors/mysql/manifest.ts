import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, CANARY_FORM, FOLLOW_FORM, sort, TLS_FIELD, TLS_MODES } from '@/lib/connectors/form-model';
import { usualTls } from '@/lib/connectors/tls-model';

export const configSchema = z.strictObject({
  host: z.string().trim().min(1, 'is needed').max(255),
  port: z.coerce.number().int().min(1).max(65_535).default(3306),
  tls: z.enum(TLS_MODES).default('disable'),
  ca: z.string().trim().max(20_000).optional(),
  /** Replicas and cluster nodes keep connections of their own: has each of them a connector? */
  replicas: z.enum(['unseen', 'connected']).default('unseen'),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({
  user: z.string().min(1, 'is needed').max(128),
  password: z.string().max(1024).default(''),
  canaryPassword: z.string().max(1024).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

export const manifest = {
  vendor: 'mysql',
  title: 'MySQL / MariaDB',
  family: 'databases',
  summary: 'Locks accounts and kills their connections; proven by two listings without one. Followed live.',
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
      G4: 'KILL only asks: a transaction that is rolled back goes on until it is done. Read back until the connection is gone.',
      G6: 'ACCOUNT LOCK leaves open connections as they are: Braid kills them after it.',
      G7: 'Replicas and cluster nodes have connections of their own: a connector each, or they are named as residuals.',
      G8: 'Prepared XA transactions and scheduled events outlive the login; proxies and definers use its rights without it.',
      G11: 'A new password leaves ways in that are checked elsewhere (PAM, LDAP, Kerberos) as they are.',
      G14: 'The same user name at another host is another account with a password of its own: it may be the old one.',
    },
    granularity: 'session',
    async: false,
    propagationMs: { p50: 400, max: 5_000 },
    blastRadius:
      'Open transactions of these connections are rolled back, their temporary tables and locks are gone. The lock holds for every database of the server.',
    blastRadiusOne:
      'Its open transaction is rolled back, its temporary tables and locks are gone. The account may connect again at once.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Connections shorter than the poll interval are not seen. The server does not tell when a connection began: it is when Braid saw it first. Behind a proxy (ProxySQL, MaxScale) the proxy’s address is seen.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [{ gap: 'G8', what: 'prepared XA transactions and scheduled events', forMs: null }],
  form: [
    { name: 'host', label: 'Host', secret: false, placeholder: 'db.internal', required: true },
    { name: 'port', label: 'Port', secret: false, placeholder: '3306', required: false },
    { name: 'user', label: 'User', secret: true, placeholder: 'braid_connector', required: true },
    { name: 'password', label: 'Password', secret: true, required: false },
    TLS_FIELD,
    CA_FIELD,
    {
      name: 'replicas',
      label: 'Replicas and cluster nodes',
      secret: false,
      required: false,
      options: [
        { value: 'unseen', label: 'are not connected: name them as residuals' },
        { value: 'connected', label: 'have connectors of their own' },
      ],
    },
    ...CANARY_FORM,
    ...FOLLOW_FORM,
  ],
  split(values) {
    const { config, secrets } = sort(values, ['user', 'password', 'canaryPassword']);
    const tls = values.tls || usualTls([values.host ?? ''], values.ca ?? '', 'disable');
    return { config: { ...config, tls }, secrets };
  },
  values: (config) => ({
    host: config.host,
    port: String(config.port),
    tls: config.tls,
    ca: config.ca ?? '',
    replicas: config.replicas,
    canary: config.canary ?? '',
    pollMs: String(config.pollMs),
    linkByName: String(config.linkByName),
  }),
  sameTarget: (before, after) =>
    before.host === after.host &&
    before.port === after.port &&
    before.ca === after.ca &&
    TLS_MODES.indexOf(after.tls) >= TLS_MODES.indexOf(before.tls),
  target: (config) => `${config.host}:${config.port}`,
} satisfies Manifest<Config, Secrets>;
