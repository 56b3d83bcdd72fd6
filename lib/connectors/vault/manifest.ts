import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, LINK_FIELD, NETWORK_FIELD, pollField, saysYes } from '@/lib/connectors/form-model';

export const configSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'is no http(s) address' }).max(500),
  namespace: z.string().trim().max(200).default(''),
  /** The path the connector's own AppRole is mounted at. */
  mount: z
    .string()
    .trim()
    .regex(/^[\w./-]{1,100}$/, 'is no mount path')
    .default('approle'),
  ownNetwork: z.boolean().default(false),
  /** PEM of the authority of its certificate, where that is not publicly trusted. */
  ca: z.string().max(20_000).default(''),
  /** A token that lives longer than this is called too long, hours. */
  longestTtlHours: z.coerce.number().int().min(1).max(8_760).default(24),
  ...followFields,
  pollMs: z.coerce.number().int().min(250).max(60_000).default(5_000),
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z
  .strictObject({
    token: z.string().max(4096).default(''),
    roleId: z.string().max(200).default(''),
    secretId: z.string().max(200).default(''),
    canaryRoleId: z.string().max(200).default(''),
    canarySecretId: z.string().max(200).default(''),
  })
  .refine((given) => given.token !== '' || given.roleId !== '', 'needs a token, or a role id and secret id');
export type Secrets = z.infer<typeof secretsSchema>;

const SECRETS = ['token', 'roleId', 'secretId', 'canaryRoleId', 'canarySecretId'];

function split(values: Record<string, string>) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const { linkByName, ownNetwork, ...config } = Object.fromEntries(given.filter(([name]) => !SECRETS.includes(name)));
  return {
    config: { ...config, linkByName: linkByName !== 'false', ownNetwork: saysYes(ownNetwork) },
    secrets: Object.fromEntries(given.filter(([name]) => SECRETS.includes(name))),
  };
}

export const manifest = {
  vendor: 'vault',
  title: 'HashiCorp Vault / OpenBao',
  family: 'secrets',
  summary:
    'Disables entities, revokes their tokens and the leases only they may have made; proven by looking them up again.',
  capabilities: {
    discover: 'native',
    list: 'native',
    terminateOne: 'native',
    revokeAll: 'native',
    pause: 'native',
    restore: 'native',
    probe: 'native',
    derived: 'native',
    predict: 'native',
    canary: 'native',
    rotate: 'native',
    gaps: {
      G4: 'The leases of a revoked token are queued. Braid revokes those it can attribute in step and lists them again.',
      G6: 'A database session that was opened with a leased credential goes on after the lease: end it at the database.',
      G8: 'Orphan tokens carry no entity, and leases of a path that others read too can’t be told apart: they stay and are listed.',
      G9: 'Batch tokens can’t be listed. Those of an entity are refused while it is disabled, so a rotation leaves them to their end; those of nobody can’t be known.',
      G11: 'A token without an entity has no switch: whoever may make tokens can make another.',
    },
    granularity: 'session',
    async: true,
    propagationMs: { p50: 1_200, max: 10_000 },
    blastRadius:
      'Every alias of the entity, all its tokens with their children, and the leases only it may have made. Data that was read stays read.',
    blastRadiusOne: 'The token’s children and every lease made with it end too. Other tokens of the entity go on.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Service tokens are listed by accessor. Batch tokens are not, and no listing says what a leased credential does elsewhere.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [
    { gap: 'G6', what: 'database sessions opened with a leased credential', forMs: null },
    { gap: 'G8', what: 'orphan tokens and leases of a path others read too', forMs: 768 * 3_600_000 },
  ],
  form: [
    { name: 'url', label: 'Address', secret: false, placeholder: 'https://vault.internal:8200', required: true },
    { name: 'namespace', label: 'Namespace', secret: false, required: false },
    {
      name: 'roleId',
      label: 'Role id of Braid’s own AppRole',
      secret: true,
      help: 'With its secret id, or a token below instead.',
      required: false,
    },
    { name: 'secretId', label: 'Secret id', secret: true, required: false },
    { name: 'mount', label: 'Mounted at', secret: false, placeholder: 'approle', required: false },
    {
      name: 'token',
      label: 'Token',
      secret: true,
      help: 'A periodic one: it is renewed as long as Braid follows.',
      required: false,
    },
    NETWORK_FIELD,
    CA_FIELD,
    {
      name: 'longestTtlHours',
      label: 'Tokens live at most (hours)',
      secret: false,
      placeholder: '24',
      help: 'A role or mount that allows more is pointed out.',
      required: false,
    },
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      help: 'Entity id of the identity drills are held with, and its AppRole below.',
      required: false,
    },
    { name: 'canaryRoleId', label: 'Canary’s role id', secret: true, required: false },
    { name: 'canarySecretId', label: 'Canary’s secret id', secret: true, required: false },
    pollField('List tokens', 5_000),
    LINK_FIELD,
  ],
  split,
  sameTarget: (before, after) => before.url === after.url && before.namespace === after.namespace,
  target: (config) => (config.namespace ? `${config.url} (${config.namespace})` : config.url),
} satisfies Manifest<Config, Secrets>;
