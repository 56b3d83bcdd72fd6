import { z } from 'zod';
import { type Capabilities, followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, LINK_FIELD, NETWORK_FIELD, pollField, saysYes } from '@/lib/connectors/form-model';
import { clientsSchema, holdsSchema, readClients, readHeld, writeClients } from '@/lib/connectors/oidc/settings-model';

const web = z
  .string()
  .trim()
  .max(500)
  .refine((text) => /^https?:\/\/[^\s?#]+$/.test(text), 'is no http or https address');

export const configSchema = z.strictObject({
  issuer: web,
  /** Braid's client there: it introspects, revokes, and is the audience of logout tokens. */
  clientId: z.string().trim().min(1, 'is needed').max(300),
  clients: clientsSchema,
  /** What is held of whom; the things themselves are secrets. */
  holds: holdsSchema,
  globalRevocation: z.enum(['none', 'bearer', 'signed_jwt']).default('none'),
  /** Where the provider's metadata does not name it. */
  globalEndpoint: web.optional(),
  subjectFormat: z.enum(['iss_sub', 'opaque', 'email']).default('iss_sub'),
  /** Longest life of an access token here, seconds. */
  tokenSecs: z.coerce.number().int().min(1).max(31_536_000).optional(),
  ownNetwork: z.boolean().default(false),
  ca: z.string().max(20_000).optional(),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({
  clientSecret: z.string().max(1024).default(''),
  held: z.string().max(20_000).default(''),
  globalToken: z.string().max(4096).default(''),
  /** PKCS #8, PEM. */
  globalKey: z.string().max(8192).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

const NAMES = ['clientSecret', 'held', 'globalToken', 'globalKey'] as const;

function split(values: Record<string, string>) {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) as Record<
    string,
    string
  >;
  const secrets = Object.fromEntries(NAMES.map((name) => [name, given[name] ?? '']));
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !NAMES.includes(name as 'held')));
  const held = readHeld(secrets.held!);
  return {
    config: {
      ...rest,
      clients: readClients(given.clients ?? ''),
      holds: held.map(({ client, kind }) => ({ client, kind })),
      ownNetwork: saysYes(given.ownNetwork),
      linkByName: given.linkByName !== 'false',
    },
    secrets,
  };
}

const ALL = {
  discover: 'derived',
  list: 'derived',
  terminateOne: 'derived',
  revokeAll: 'native',
  pause: 'native',
  restore: 'native',
  probe: 'native',
  derived: 'native',
  canary: 'native',
  gaps: {
    G1: 'A refresh token may go on minting. One that Braid holds is redeemed to find out.',
    G2: 'Access tokens that are signed, or that Braid does not hold, live until they expire.',
    G9: 'No standard lists tokens. Without the longest life of a token, what Braid does not hold can’t be verified.',
  },
  granularity: 'credential',
  async: true,
  propagationMs: { p50: 500, max: 60_000 },
  blastRadius:
    'A global revocation ends every session and token of the subject at the provider, also those of other clients.',
  blastRadiusOne:
    'Revoking a refresh token ends its whole grant, with the access tokens made by it; an access token ends alone.',
  reversible: true,
  needsHeldToken: true,
  observability:
    'Tokens that Braid holds are seen. Others show only in events, in decisions and in what the provider tells by back-channel logout.',
} satisfies Capabilities;

/** What follows from what is held: no token, nothing to list; no registration, no way to stop a client from coming in. */
export function capabilitiesOf(config: Config): Capabilities {
  const holds = (kind: string) => config.holds.some((one) => one.kind === kind);
  const tokens = holds('access_token') || holds('refresh_token');
  const managed = holds('registration');
  const global = config.globalRevocation !== 'none';
  const when = (so: boolean, means: 'native' | 'derived') => (so ? means : 'none');
  return {
    ...ALL,
    list: when(tokens, 'derived'),
    terminateOne: when(tokens, 'derived'),
    revokeAll: managed ? 'native' : when(tokens || global, 'derived'),
    pause: when(managed, 'native'),
    restore: when(managed, 'native'),
    probe: when(tokens || managed || holds('secret'), 'native'),
    derived: when(tokens || global, 'native'),
    canary: when(holds('secret'), 'native'),
    async: global,
    reversible: managed,
    needsHeldToken: !managed && !global,
    blastRadius: global
      ? ALL.blastRadius
      : 'Revoking a refresh token ends the grant it belongs to, with its access tokens.',
  };
}

export const manifest = {
  vendor: 'oidc',
  title: 'OpenID Provider / OAuth server',
  family: 'identity',
  summary:
    'Any provider by its standards: tokens revoked, clients shut; proven by an inactive token or a refused login.',
  capabilities: ALL,
  capabilitiesOf,
  config: configSchema,
  secrets: secretsSchema,
  livesOn: ({ tokenSecs }) => [
    {
      gap: 'G2',
      what: 'access tokens that are signed, or that Braid does not hold',
      forMs: tokenSecs === undefined ? null : tokenSecs * 1_000,
    },
  ],
  form: [
    { name: 'issuer', label: 'Issuer', secret: false, placeholder: 'https://login.example.org', required: true },
    {
      name: 'clientId',
      label: 'Braid’s client',
      secret: false,
      placeholder: 'braid',
      help: 'A confidential client that may introspect and revoke. Logout tokens are addressed to it.',
      required: true,
    },
    { name: 'clientSecret', label: 'Its secret', secret: true, required: false },
    {
      name: 'clients',
      label: 'Clients',
      secret: false,
      multiline: true,
      placeholder: 'report-worker client_credentials refresh_token',
      help: 'One a line: its id, then the grants it has. They are what restoring gives back.',
      required: true,
    },
    {
      name: 'held',
      label: 'Held of them',
      secret: true,
      multiline: true,
      placeholder: 'report-worker refresh_token …',
      help: 'One a line: client, then secret, access_token or refresh_token with its value, or registration with its token and address. Sealed.',
      required: false,
    },
    {
      name: 'globalRevocation',
      label: 'Global Token Revocation',
      secret: false,
      required: false,
      options: [
        { value: 'none', label: 'The provider has none' },
        { value: 'bearer', label: 'Called with a bearer token' },
        { value: 'signed_jwt', label: 'Called with a signed JWT' },
      ],
    },
    {
      name: 'globalEndpoint',
      label: 'Its address',
      secret: false,
      help: 'Only where the provider’s metadata does not name it.',
      required: false,
    },
    { name: 'globalToken', label: 'Its bearer token', secret: true, required: false },
    {
      name: 'globalKey',
      label: 'Private key for the signed JWT (PEM)',
      secret: true,
      multiline: true,
      required: false,
    },
    {
      name: 'subjectFormat',
      label: 'Subjects are named',
      secret: false,
      required: false,
      options: [
        { value: 'iss_sub', label: 'by issuer and subject' },
        { value: 'opaque', label: 'by an opaque id' },
        { value: 'email', label: 'by e-mail address' },
      ],
    },
    {
      name: 'tokenSecs',
      label: 'Longest life of an access token (s)',
      secret: false,
      placeholder: '3600',
      help: 'Tokens Braid does not hold can’t be listed: after this time they are over.',
      required: false,
    },
    NETWORK_FIELD,
    CA_FIELD,
    pollField('Introspect', 10_000),
    LINK_FIELD,
    {
      name: 'canary',
      label: 'Canary client',
      secret: false,
      help: 'Drills are held with it; its secret has to be held.',
      required: false,
    },
  ],
  split,
  values: (config) => ({ clients: writeClients(config.clients), ownNetwork: config.ownNetwork ? 'yes' : 'no' }),
  sameTarget: (before, after) =>
    before.issuer === after.issuer &&
    before.clientId === after.clientId &&
    before.globalEndpoint === after.globalEndpoint &&
    before.ca === after.ca,
  issuer: ({ issuer, clientId, ownNetwork, ca }) => ({ issuer, audience: clientId, ownNetwork, ca }),
  target: (config) => config.issuer,
} satisfies Manifest<Config, Secrets>;
