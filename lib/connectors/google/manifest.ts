import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { FOLLOW_FORM, NETWORK_FIELD, saysYes } from '@/lib/connectors/form-model';

const project = z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'is a project id');

const configSchema = z.strictObject({
  projects: z.array(project).min(1, 'is needed').max(50),
  /** Longest life of an access token, minutes: 60, or up to 720 where an organization policy allows it. */
  tokenMinutes: z.coerce.number().int().min(5).max(720).default(60),
  /** One address that serves the IAM, Resource Manager and Logging APIs; empty: Google’s own. */
  apiUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(300)]).default(''),
  ownNetwork: z.boolean().default(false),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

const accountKey = z.object({
  type: z.literal('service_account'),
  client_email: z.email().max(300),
  private_key: z.string().max(10_000),
  private_key_id: z.string().max(200).optional(),
  token_uri: z.url().max(300).default('https://oauth2.googleapis.com/token'),
});
const federated = z.object({
  type: z.literal('external_account'),
  audience: z.string().max(500),
  subject_token_type: z.string().max(200),
  token_url: z.url().max(300),
  service_account_impersonation_url: z.url().max(500).optional(),
  credential_source: z.object({
    file: z.string().max(500),
    format: z.object({ type: z.string().max(20), subject_token_field_name: z.string().max(100).optional() }).optional(),
  }),
});

const secretsSchema = z.strictObject({
  credential: z.discriminatedUnion('type', [accountKey, federated], {
    error: 'is a service account key, or a workload identity configuration whose token is in a file',
  }),
  /** Key file of the canary. */
  canaryCredential: z.optional(accountKey),
});
export type Secrets = z.infer<typeof secretsSchema>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { type: 'unreadable' };
  }
}

export const manifest = {
  vendor: 'google',
  title: 'Google Cloud IAM',
  family: 'clouds',
  summary:
    'Disables service accounts and single keys, and gives them back; read twice, access tokens live to their end.',
  capabilities: {
    discover: 'native',
    list: 'none',
    terminateOne: 'none',
    revokeAll: 'native',
    pause: 'native',
    restore: 'native',
    probe: 'native',
    predict: 'native',
    canary: 'native',
    events: 'native',
    rotate: 'native',
    granularity: 'identity',
    async: true,
    propagationMs: { p50: 60_000, max: 420_000 },
    blastRadius:
      'Everything that runs as a service account, and everybody who acts as it, gets no new token. One key: what holds that key.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Google lists no sessions: they are made from the audit logs. Data access is logged only where it is switched on.',
    gaps: {
      G2: 'An access token lives up to an hour (twelve where allowed) and can’t be revoked.',
      G5: 'A change of IAM takes some minutes until it holds everywhere.',
      G8: 'Tokens of other service accounts that it made, where it may act as them, live by their own lifetime.',
    },
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: ({ tokenMinutes }) => [
    { gap: 'G2', what: 'access tokens made before: they can’t be revoked', forMs: tokenMinutes * 60_000 },
    { gap: 'G8', what: 'tokens it made of other service accounts', forMs: tokenMinutes * 60_000 },
  ],
  form: [
    { name: 'projects', label: 'Projects', secret: false, placeholder: 'acme-prod, acme-data', required: true },
    {
      name: 'credential',
      label: 'Credential',
      secret: true,
      help: 'JSON: a workload identity configuration with its token in a file, or a service account key.',
      multiline: true,
      required: true,
    },
    {
      name: 'tokenMinutes',
      label: 'Access tokens live (minutes)',
      secret: false,
      placeholder: '60',
      help: 'More only where an organization policy extends it.',
      required: false,
    },
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      placeholder: 'braid-canary@acme-prod.iam.gserviceaccount.com',
      help: 'A service account that nothing depends on, or one key of it (key:<id>@<e-mail>). Drills disable it; a token is asked for with its key as proof.',
      required: false,
    },
    {
      name: 'canaryCredential',
      label: 'Key of the canary',
      secret: true,
      multiline: true,
      help: 'JSON: a service account key of the canary.',
      required: false,
    },
    {
      name: 'apiUrl',
      label: 'Endpoint of your own',
      secret: false,
      help: 'Empty for Google’s. A private endpoint has to serve the IAM, Resource Manager and Logging APIs.',
      required: false,
    },
    NETWORK_FIELD,
    ...FOLLOW_FORM.slice(1),
  ],
  split(values) {
    const { credential, canaryCredential, projects, ownNetwork, linkByName, ...rest } = values;
    const config = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
    return {
      config: {
        ...config,
        projects: (projects ?? '').split(/[\s,]+/).filter(Boolean),
        ownNetwork: saysYes(ownNetwork),
        linkByName: linkByName !== 'false',
      },
      secrets: {
        credential: parsed(credential ?? ''),
        ...(canaryCredential ? { canaryCredential: parsed(canaryCredential) } : {}),
      },
    };
  },
  values: (config) => ({ projects: config.projects.join(', '), ownNetwork: config.ownNetwork ? 'yes' : 'no' }),
  sameTarget: (before, after) => before.apiUrl === after.apiUrl && before.projects.join() === after.projects.join(),
  target: (config) => config.projects.join(', ').slice(0, 600),
} satisfies Manifest<Config, Secrets>;
