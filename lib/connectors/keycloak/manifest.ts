import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, LINK_FIELD, NETWORK_FIELD, pollField, saysYes } from '@/lib/connectors/form-model';

const web = z
  .string()
  .trim()
  .max(500)
  .refine((text) => /^https?:\/\/[^\s?#]+$/.test(text), 'is no http or https address')
  .transform((text) => text.replace(/\/+$/, ''));

export const configSchema = z.strictObject({
  /** Of the server, with its relative path where it has one. */
  url: web,
  realm: z.string().trim().min(1, 'is needed').max(255),
  clientId: z.string().trim().min(1, 'is needed').max(255),
  ownNetwork: z.boolean().default(false),
  ca: z.string().max(20_000).optional(),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({
  clientSecret: z.string().min(1, 'is needed').max(1024),
  /** The canary client's own secret. */
  canarySecret: z.string().max(1024).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

const given = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

function split(values: Record<string, string>) {
  const { clientSecret, canarySecret, linkByName, ownNetwork, ...config } = given(values) as Record<string, string>;
  return {
    config: { ...config, ownNetwork: saysYes(ownNetwork), linkByName: linkByName !== 'false' },
    secrets: { clientSecret: clientSecret ?? '', canarySecret: canarySecret ?? '' },
  };
}

export const manifest = {
  vendor: 'keycloak',
  title: 'Keycloak',
  family: 'identity',
  summary:
    'Disables clients with a service account, ends their sessions and offline sessions; proven by a refused login.',
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
    gaps: {
      G2: 'Access tokens are signed. Keycloak refuses them at once; a service that checks them offline accepts them until they expire.',
      G3: '/clients-registrations accepts an access token after its client was disabled and its not-before set, until it expires.',
      G9: 'Client credentials leave no session unless refresh tokens are switched on. Such tokens can’t be listed; the not-before covers them.',
      G13: 'A rotated secret works beside the new one in its grace. A revocation and a rotation remove it for good; a pause leaves it.',
    },
    granularity: 'session',
    async: false,
    propagationMs: { p50: 1_500, max: 10_000 },
    blastRadius:
      'People signed in through this client lose that session at every client. Its not-before invalidates every token issued to it so far. A revocation removes a rotated secret in its grace for good.',
    blastRadiusOne: 'The session ends at every client that shares it. Who signed in may sign in again.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Sessions and offline sessions are seen. Tokens of client credentials without a refresh token have no session: they show only in the events.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [
    {
      gap: 'G2',
      what: 'access tokens issued before, where a service only checks their signature: as long as the realm gives them',
      forMs: null,
    },
  ],
  form: [
    {
      name: 'url',
      label: 'Server',
      secret: false,
      placeholder: 'https://sso.example.org',
      help: 'With the relative path, where it has one (/auth).',
      required: true,
    },
    { name: 'realm', label: 'Realm', secret: false, placeholder: 'production', required: true },
    {
      name: 'clientId',
      label: 'Braid’s client',
      secret: false,
      placeholder: 'braid',
      help: 'A confidential client of this realm with a service account. The documentation names the roles it needs.',
      required: true,
    },
    { name: 'clientSecret', label: 'Its secret', secret: true, required: true },
    NETWORK_FIELD,
    CA_FIELD,
    pollField('List sessions', 1_000),
    LINK_FIELD,
    {
      name: 'canary',
      label: 'Canary client',
      secret: false,
      placeholder: 'braid-canary',
      help: 'A client that nothing depends on: drills revoke it to measure how long that really takes.',
      required: false,
    },
    { name: 'canarySecret', label: 'Secret of the canary', secret: true, required: false },
  ],
  split,
  values: (config) => ({ ownNetwork: config.ownNetwork ? 'yes' : 'no' }),
  sameTarget: (before, after) =>
    before.url === after.url &&
    before.realm === after.realm &&
    before.clientId === after.clientId &&
    before.ca === after.ca &&
    before.canary === after.canary,
  issuer: ({ url, realm, clientId, ownNetwork, ca }) => ({
    issuer: `${url}/realms/${realm}`,
    audience: clientId,
    ownNetwork,
    ca,
  }),
  target: (config) => `${config.url}/realms/${config.realm}`,
} satisfies Manifest<Config, Secrets>;
