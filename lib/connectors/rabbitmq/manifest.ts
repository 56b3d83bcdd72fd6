import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, CANARY_FORM, FOLLOW_FORM, NETWORK_FIELD, saysYes, sort } from '@/lib/connectors/form-model';

const toggle = z.preprocess(saysYes, z.boolean());
const url = z
  .url({ protocol: /^https?$/, error: 'is not a web address' })
  .max(500)
  .refine((text) => !new URL(text).username && !new URL(text).password, 'holds a password: use the field for it')
  .transform((text) => text.replace(/(?:\/api)?\/*$/, ''));

export const configSchema = z.strictObject({
  /** Where the management plugin listens. */
  url,
  ca: z.string().trim().max(20_000).optional(),
  ownNetwork: toggle.default(false),
  /** `amqp[s]://host:port/vhost`, where the canary logs in. */
  amqp: z
    .string()
    .trim()
    .max(500)
    .regex(/^amqps?:\/\/[^@/\s]+(?:\/\S*)?$/, 'is not amqp://host:port/vhost, without a login')
    .optional(),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({
  user: z.string().min(1, 'is needed').max(200),
  password: z.string().max(1024).default(''),
  canaryPassword: z.string().max(1024).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

const weaker = (before: Config, after: Config): boolean =>
  new URL(before.url).protocol === 'https:' && new URL(after.url).protocol !== 'https:';

export const manifest = {
  vendor: 'rabbitmq',
  title: 'RabbitMQ',
  family: 'databases',
  summary:
    'Makes the password unusable, allows no connection and closes those there are; proven by two listings without one.',
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
      G2: 'Users of another backend (OAuth 2, LDAP, HTTP) are let in by it: tokens can’t be listed or taken back here. Their connections are ended, and no more is claimed.',
      G6: 'Neither a limit of no connections nor an unusable password ends what is open, nor keeps it from opening channels: Braid closes it after it.',
      G7: 'With rabbitmq_auth_backend_cache a password works until the cache forgets it: the limit of no connections holds meanwhile, the HTTP API does not ask it, and after a rotation there is none.',
      G11: 'A new password leaves client certificates (rabbitmq_auth_mechanism_ssl) as they are.',
    },
    granularity: 'session',
    async: false,
    propagationMs: { p50: 400, max: 5_000 },
    blastRadius:
      'Every connection of the user on every node and virtual host: its channels and consumers, its exclusive queues with what is in them; what it has not acknowledged is delivered to others.',
    blastRadiusOne:
      'Its channels, consumers and exclusive queues end with it; what it has not acknowledged is delivered to others. The user may connect again at once.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'A new connection shows within 5 s (the interval of RabbitMQ’s statistics); the proof reads a list that is current. Connections shorter than that are not seen. Calls of the HTTP API are no connections.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [{ gap: 'G2', what: 'users that another backend lets in (OAuth 2, LDAP, HTTP)', forMs: null }],
  form: [
    {
      name: 'url',
      label: 'Management URL',
      secret: false,
      placeholder: 'https://rabbit.internal:15671',
      help: 'Where the management plugin listens, of any node of the cluster.',
      required: true,
    },
    { name: 'user', label: 'User', secret: true, placeholder: 'braid_connector', required: true },
    { name: 'password', label: 'Password', secret: true, required: true },
    NETWORK_FIELD,
    CA_FIELD,
    {
      name: 'amqp',
      label: 'AMQP address',
      secret: false,
      placeholder: 'amqps://rabbit.internal:5671/shop',
      help: 'Where the canary logs in. Only needed for it.',
      required: false,
    },
    ...CANARY_FORM,
    ...FOLLOW_FORM,
  ],
  split: (values) => sort(values, ['user', 'password', 'canaryPassword']),
  values: (config) => ({
    url: config.url,
    ca: config.ca ?? '',
    ownNetwork: String(config.ownNetwork),
    amqp: config.amqp ?? '',
    canary: config.canary ?? '',
    pollMs: String(config.pollMs),
    linkByName: String(config.linkByName),
  }),
  sameTarget: (before, after) =>
    new URL(before.url).host === new URL(after.url).host &&
    !weaker(before, after) &&
    before.ca === after.ca &&
    before.amqp === after.amqp,
  target: (config) => config.url,
} satisfies Manifest<Config, Secrets>;
