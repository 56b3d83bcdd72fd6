import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { FOLLOW_FORM, NETWORK_FIELD, pollField, saysYes } from '@/lib/connectors/form-model';
import { targetOf } from '@/lib/connectors/okta/found-normalise';

const configSchema = z.strictObject({
  /** The org’s own address, as in https://acme.okta.com. */
  orgUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .transform((url) => url.replace(/\/+$/, '')),
  clientId: z.string().trim().min(1, 'is needed').max(100),
  /** Longest life of an access token at the org’s authorization servers, minutes: what is issued lives as long. */
  tokenMinutes: z.coerce.number().int().min(5).max(1_440).default(60),
  ownNetwork: z.boolean().default(false),
  /** Where the canary app asks for its tokens: id of a custom authorization server; empty: the org’s own. */
  canaryServer: z
    .string()
    .trim()
    .regex(/^[\w-]{0,60}$/, 'is the id of an authorization server, as in default')
    .default(''),
  canaryScope: z.string().trim().max(300).default(''),
  ...followFields,
  pollMs: z.coerce.number().int().min(5_000).max(60_000).default(60_000),
});
export type Config = z.infer<typeof configSchema>;

const secretsSchema = z.strictObject({
  /** Private JSON Web Key, or a PEM, whose public half the service app knows. */
  privateKey: z.string().min(20, 'is needed').max(20_000),
  keyId: z.string().max(100).optional(),
  /** Of a canary app: its client secret or private key. Of a canary account: an API token it made. */
  canarySecret: z.string().max(20_000).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

export const manifest = {
  vendor: 'okta',
  title: 'Okta',
  family: 'identity',
  summary:
    'Deactivates service apps and AI agents, ends tokens and sessions, suspends accounts; proven by readings without a token.',
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
    changes: 'derived',
    events: 'native',
    consents: 'native',
    rotate: 'native',
    granularity: 'session',
    async: true,
    propagationMs: { p50: 2_000, max: 60_000 },
    blastRadius:
      'Deactivating an app ends it for everybody assigned to it. Ending an account’s sessions signs it out everywhere Okta can reach.',
    blastRadiusOne: 'This refresh token alone. The client may get another by signing in again.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Refresh tokens are listed. Access tokens are not: of client credentials nothing lives that could be listed, only the log tells.',
    gaps: {
      G2: 'Access tokens that were issued live to their end wherever they are checked without asking Okta.',
      G4: 'An AI agent is deactivated by a queue: Okta answers 202 before it acts.',
      G9: 'Access tokens of client credentials can’t be listed.',
    },
  },
  config: configSchema,
  secrets: secretsSchema,
  limitsOf: (externalId) =>
    targetOf(externalId)?.kind === 'token'
      ? {
          pause: 'Okta can’t give an API token back, so it is not taken for a pause',
          restore: 'its owner makes a new one',
        }
      : null,
  livesOn: ({ tokenMinutes }) => [
    {
      gap: 'G2',
      what: 'access tokens issued before, where their receiver does not ask Okta',
      forMs: tokenMinutes * 60_000,
    },
  ],
  form: [
    { name: 'orgUrl', label: 'Org address', secret: false, placeholder: 'https://acme.okta.com', required: true },
    { name: 'clientId', label: 'Client id of the service app', secret: false, placeholder: '0oa…', required: true },
    {
      name: 'privateKey',
      label: 'Private key of the service app',
      secret: true,
      help: 'As JSON Web Key or PEM. The app’s client authentication is “Public key / Private key”.',
      multiline: true,
      required: true,
    },
    {
      name: 'keyId',
      label: 'Key id',
      secret: true,
      help: 'For a PEM: the kid shown beside the public key.',
      required: false,
    },
    {
      name: 'tokenMinutes',
      label: 'Access tokens live (minutes)',
      secret: false,
      placeholder: '60',
      help: 'The longest lifetime of your authorization servers’ access policies.',
      required: false,
    },
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      placeholder: 'app:0oa…',
      help: 'A service app that nothing depends on, or the account of an API token (user:00u…). Drills end it; its credential is tried as proof.',
      required: false,
    },
    {
      name: 'canarySecret',
      label: 'Credential of the canary',
      secret: true,
      multiline: true,
      help: 'Of an app: its client secret or private key (JSON Web Key). Of an account: its API token.',
      required: false,
    },
    {
      name: 'canaryServer',
      label: 'Authorization server of the canary',
      secret: false,
      placeholder: 'default',
      help: 'Empty: the org’s own.',
      required: false,
    },
    { name: 'canaryScope', label: 'Scope the canary asks for', secret: false, required: false },
    pollField('List sessions', 60_000),
    NETWORK_FIELD,
    ...FOLLOW_FORM.slice(1),
  ],
  split(values) {
    const { privateKey, keyId, canarySecret, ownNetwork, linkByName, ...rest } = values;
    const config = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
    return {
      config: {
        ...config,
        ownNetwork: saysYes(ownNetwork),
        linkByName: linkByName !== 'false',
      },
      secrets: { privateKey: privateKey ?? '', ...(keyId ? { keyId } : {}), canarySecret: canarySecret ?? '' },
    };
  },
  values: (config) => ({ ownNetwork: config.ownNetwork ? 'yes' : 'no' }),
  sameTarget: (before, after) => before.orgUrl === after.orgUrl && before.clientId === after.clientId,
  target: (config) => new URL(config.orgUrl).host,
} satisfies Manifest<Config, Secrets>;
