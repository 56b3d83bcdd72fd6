import { z } from 'zod';
import { type Capabilities, followFields, type Manifest } from '@/lib/connectors/contract';
import { FOLLOW_FORM, NETWORK_FIELD } from '@/lib/connectors/form-model';

const REMOVES = ['nothing', 'consents', 'secrets'] as const;

const configSchema = z.strictObject({
  tenantId: z.uuid('is the id of the tenant'),
  clientId: z.uuid('is the application id of the app Braid connects as'),
  /** Microsoft Graph and the sign-in service, of the cloud the tenant is in. */
  graphUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .default('https://graph.microsoft.com'),
  loginUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .default('https://login.microsoftonline.com'),
  /** What a revocation removes beside the block, for good. */
  removes: z.enum(REMOVES).default('nothing'),
  /** Tell ID Protection that the identity is compromised: needs Workload ID Premium. */
  confirmCompromised: z.boolean().default(false),
  ownNetwork: z.boolean().default(false),
  ...followFields,
  pollMs: z.coerce.number().int().min(5_000).max(60_000).default(60_000),
});
export type Config = z.infer<typeof configSchema>;

const secretsSchema = z
  .strictObject({
    clientSecret: z.string().max(1_000).default(''),
    /** Certificate and private key, PEM, one after the other. */
    certificate: z.string().max(40_000).default(''),
    /** Of the canary: a client secret, or a certificate with its key. */
    canarySecret: z.string().max(40_000).default(''),
  })
  .refine(({ clientSecret, certificate }) => clientSecret !== '' || certificate !== '', {
    error: 'needs a certificate with its key, or a client secret',
    path: ['certificate'],
  });
export type Secrets = z.infer<typeof secretsSchema>;

const CAPABILITIES = {
  discover: 'native',
  list: 'none',
  terminateOne: 'none',
  revokeAll: 'native',
  pause: 'native',
  restore: 'native',
  probe: 'native',
  derived: 'native',
  predict: 'native',
  canary: 'native',
  changes: 'native',
  events: 'native',
  consents: 'native',
  rotate: 'native',
  granularity: 'identity',
  async: true,
  propagationMs: { p50: 60_000, max: 900_000 },
  blastRadius: 'A disabled service principal gets no token for any resource, and nobody can sign in through it.',
  reversible: true,
  needsHeldToken: false,
  observability:
    'Entra lists no sessions of workloads: they are made from its sign-in logs, which arrive minutes later. A token can’t be ended by itself.',
  gaps: {
    G2: 'Access tokens issued before live 60 to 90 minutes, of managed identities up to 24 hours. Only Graph asks in between, and never about managed identities.',
    G7: 'Hosts keep the token of a managed identity for about a day, and resources their earlier answer.',
    G14: 'An agent identity can have user accounts of its own, which are not disabled with it. They are looked for, disabled with it, and probed.',
  },
} satisfies Capabilities;

export const manifest = {
  vendor: 'entra',
  title: 'Microsoft Entra',
  family: 'identity',
  summary:
    'Disables service principals, managed and agent identities and their accounts; read back, tokens live to their end.',
  capabilities: CAPABILITIES,
  // A pause takes nothing for good, whatever is removed: only what a revocation took is not all given back.
  capabilitiesOf: ({ removes }) => ({ ...CAPABILITIES, reversible: removes === 'nothing' }),
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [
    {
      gap: 'G2',
      what: 'access tokens issued before, where their receiver does not ask Entra: 60 to 90 minutes',
      forMs: 1.5 * 3_600_000,
    },
    { gap: 'G7', what: 'the token a managed identity’s host keeps', forMs: 24 * 3_600_000 },
  ],
  form: [
    { name: 'tenantId', label: 'Tenant id', secret: false, required: true },
    { name: 'clientId', label: 'Application (client) id', secret: false, required: true },
    {
      name: 'certificate',
      label: 'Certificate with private key',
      secret: true,
      help: 'PEM, one after the other. Better than a secret: it never leaves Braid.',
      multiline: true,
      required: false,
    },
    {
      name: 'clientSecret',
      label: 'Client secret',
      secret: true,
      help: 'Where there is no certificate.',
      required: false,
    },
    {
      name: 'removes',
      label: 'A revocation also removes, for good',
      secret: false,
      required: false,
      help: 'A pause never removes anything.',
      options: [
        { value: 'nothing', label: 'Nothing: it can be given back as it was' },
        { value: 'consents', label: 'Delegated consents' },
        { value: 'secrets', label: 'Delegated consents, client secrets and keys' },
      ],
    },
    {
      name: 'confirmCompromised',
      label: 'Confirm as compromised in ID Protection',
      secret: false,
      help: 'A revocation does, a pause does not. Needs Workload ID Premium. Ends tokens at once where continuous access evaluation is in use.',
      required: false,
      options: [
        { value: 'no', label: 'No' },
        { value: 'yes', label: 'Yes' },
      ],
    },
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      placeholder: 'object id of a service principal',
      help: 'A service principal that nothing depends on. Drills disable it; a token is asked for with its credential as proof.',
      required: false,
    },
    {
      name: 'canarySecret',
      label: 'Credential of the canary',
      secret: true,
      multiline: true,
      help: 'A client secret of it, or a certificate with private key (PEM).',
      required: false,
    },
    {
      name: 'graphUrl',
      label: 'Microsoft Graph',
      secret: false,
      placeholder: 'https://graph.microsoft.com',
      required: false,
    },
    {
      name: 'loginUrl',
      label: 'Sign-in service',
      secret: false,
      placeholder: 'https://login.microsoftonline.com',
      required: false,
    },
    NETWORK_FIELD,
    ...FOLLOW_FORM.slice(1),
  ],
  split(values) {
    const { clientSecret, certificate, canarySecret, ownNetwork, confirmCompromised, linkByName, ...rest } = values;
    const config = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
    const yes = (value?: string) => value === 'yes' || value === 'true';
    return {
      config: {
        ...config,
        ownNetwork: yes(ownNetwork),
        confirmCompromised: yes(confirmCompromised),
        linkByName: linkByName !== 'false',
      },
      secrets: {
        clientSecret: clientSecret ?? '',
        certificate: certificate ?? '',
        canarySecret: canarySecret ?? '',
      },
    };
  },
  values: (config) => ({
    ownNetwork: config.ownNetwork ? 'yes' : 'no',
    confirmCompromised: config.confirmCompromised ? 'yes' : 'no',
  }),
  sameTarget: (before, after) =>
    before.graphUrl === after.graphUrl && before.loginUrl === after.loginUrl && before.tenantId === after.tenantId,
  target: (config) => `tenant ${config.tenantId}`,
} satisfies Manifest<Config, Secrets>;
