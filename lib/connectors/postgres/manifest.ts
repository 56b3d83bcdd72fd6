import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, CANARY_FORM, FOLLOW_FORM } from '@/lib/connectors/form-model';
import { usualTls } from '@/lib/connectors/tls-model';
import { BraidError } from '@/lib/platform/errors';

/** From the weakest to the strongest. */
export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-full'] as const;

export const configSchema = z.strictObject({
  host: z.string().trim().min(1, 'is needed').max(255),
  port: z.coerce.number().int().min(1).max(65_535).default(5432),
  database: z.string().trim().min(1, 'is needed').max(63),
  sslMode: z.enum(SSL_MODES).default('prefer'),
  ca: z.string().trim().max(20_000).optional(),
  /** PgBouncer's admin console, host:port: its clients are then seen and ended too. */
  pooler: z
    .string()
    .trim()
    .max(280)
    .regex(/^[A-Za-z0-9_.:[\]-]{1,255}:\d{1,5}$/, 'is not host:port')
    .optional(),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({
  user: z.string().min(1, 'is needed').max(63),
  password: z.string().max(1024).default(''),
  poolerUser: z.string().max(63).default(''),
  poolerPassword: z.string().max(1024).default(''),
  canaryPassword: z.string().max(1024).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

const invalid = (message: string) => new BraidError('input.invalid', message, { detail: [{ path: 'url', message }] });

/** A pasted URL fills host, port, database, role and password; fields given beside it win. */
function fromUrl(text: string): Record<string, string> {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('This is not a URL. It looks like postgresql://role:password@host:5432/database.');
  }
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw invalid('A PostgreSQL URL starts with postgresql://.');
  const sslMode = url.searchParams.get('sslmode') ?? '';
  return {
    host: decodeURIComponent(url.hostname),
    port: url.port,
    database: decodeURIComponent(url.pathname.replace(/^\//, '')),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    sslMode: sslMode === 'verify-ca' ? 'verify-full' : sslMode === 'allow' ? 'prefer' : sslMode,
  };
}

const given = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));

function split(values: Record<string, string>) {
  const { url, linkByName, user, password, poolerUser, poolerPassword, canaryPassword, ...rest } = {
    ...given(values),
  } as Record<string, string>;
  const parts: Record<string, string> = { ...(url ? given(fromUrl(url)) : {}), ...rest };
  const { user: urlUser, password: urlPassword, ...config } = parts;
  return {
    config: {
      ...config,
      sslMode: config.sslMode || usualTls([config.host ?? ''], config.ca ?? '', 'prefer'),
      linkByName: linkByName !== 'false',
    },
    secrets: {
      user: user ?? urlUser ?? '',
      password: password ?? urlPassword ?? '',
      ...given({
        poolerUser: poolerUser ?? '',
        poolerPassword: poolerPassword ?? '',
        canaryPassword: canaryPassword ?? '',
      }),
    },
  };
}

export const manifest = {
  vendor: 'postgres',
  title: 'PostgreSQL',
  family: 'databases',
  summary: 'Locks login roles (NOLOGIN) and ends their backends; proven by two readings without one. Followed live.',
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
      G6: 'NOLOGIN leaves open backends as they are: Braid ends them after it.',
      G7: 'PgBouncer authenticates by itself: a database that logs in as one role for everybody lets a blocked role’s clients go on. Its console, if connected, shows and ends them.',
      G8: 'Prepared transactions outlive their backend.',
      G11: 'A new password leaves other ways in as they are (trust, certificate, LDAP): named where pg_hba.conf may be read.',
    },
    granularity: 'session',
    async: false,
    propagationMs: { p50: 1_200, max: 5_000 },
    blastRadius: 'Open transactions of these backends are rolled back. NOLOGIN holds for every database of the server.',
    blastRadiusOne: 'Its open transaction is rolled back. The role may connect again at once.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Connections shorter than the poll interval are not seen. Behind a pooler its role and address are seen, not the client’s, unless it is PgBouncer and its console is given below.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [
    { gap: 'G8', what: 'prepared transactions', forMs: null },
    { gap: 'G7', what: 'clients of a pooler that logs in as another role', forMs: null },
  ],
  form: [
    {
      name: 'url',
      label: 'URL',
      secret: true,
      placeholder: 'postgresql://role:password@host:5432/database',
      help: 'Paste it whole, or fill in the fields below. It is split up; role and password are sealed.',
      required: false,
    },
    { name: 'host', label: 'Host', secret: false, placeholder: 'db.internal', required: false },
    { name: 'port', label: 'Port', secret: false, placeholder: '5432', required: false },
    { name: 'database', label: 'Database', secret: false, placeholder: 'postgres', required: false },
    { name: 'user', label: 'Role', secret: true, placeholder: 'braid_connector', required: false },
    { name: 'password', label: 'Password', secret: true, required: false },
    {
      name: 'sslMode',
      label: 'TLS',
      secret: false,
      required: false,
      options: [
        { value: '', label: 'Check the certificate; on this machine: TLS where it is offered' },
        { value: 'verify-full', label: 'Require TLS and check the certificate' },
        { value: 'require', label: 'Require TLS, whoever answers' },
        { value: 'prefer', label: 'Use TLS where the server offers it' },
        { value: 'disable', label: 'No TLS' },
      ],
    },
    CA_FIELD,
    {
      name: 'pooler',
      label: 'PgBouncer console',
      secret: false,
      placeholder: 'pgbouncer.internal:6432',
      help: 'Its clients are then seen and ended instead of its own connections. Its user has to be among admin_users.',
      required: false,
    },
    { name: 'poolerUser', label: 'PgBouncer user', secret: true, required: false },
    { name: 'poolerPassword', label: 'PgBouncer password', secret: true, required: false },
    ...CANARY_FORM,
    ...FOLLOW_FORM,
  ],
  split,
  sameTarget: (before, after) =>
    before.host === after.host &&
    before.port === after.port &&
    before.database === after.database &&
    before.pooler === after.pooler &&
    before.ca === after.ca &&
    SSL_MODES.indexOf(after.sslMode) >= SSL_MODES.indexOf(before.sslMode),
  target: (config) => `${config.host}:${config.port}/${config.database}`,
} satisfies Manifest<Config, Secrets>;
