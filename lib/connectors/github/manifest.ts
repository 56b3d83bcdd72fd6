import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { FOLLOW_FORM, NETWORK_FIELD, saysYes } from '@/lib/connectors/form-model';
import { targetOf } from '@/lib/connectors/github/found-normalise';
import { BraidError } from '@/lib/platform/errors';

const configSchema = z.strictObject({
  organization: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,39}$/, 'is the name of an organization, as in its address'),
  appId: z.coerce.number().int().positive(),
  /** API of GitHub.com, of a data residency tenant, or of an Enterprise Server (`https://host/api/v3`). */
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .default('https://api.github.com'),
  ownNetwork: z.boolean().default(false),
  /** Repositories whose deploy keys are read at every look, at most. */
  repositories: z.coerce.number().int().min(0).max(2_000).default(200),
  ...followFields,
  /** Only an installation can be given back, so only one can be a canary. */
  canary: z
    .string()
    .trim()
    .regex(/^installation:\d{1,15}$/, 'is an installation, as in installation:12345678')
    .optional(),
});
export type Config = z.infer<typeof configSchema>;

const pem = z
  .string()
  .max(20_000)
  .regex(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'is a private key in PEM form');

const secretsSchema = z.strictObject({
  privateKey: pem,
  /** Private keys of other apps of one's own, by app id: only an app itself may suspend its installation. */
  appKeys: z.record(z.string().regex(/^\d{1,12}$/, 'is an app id'), pem).default({}),
  /** Tokens that Braid holds to end them: leaked ones, canaries. */
  tokens: z
    .array(z.string().regex(/^(gh[poru]_|github_pat_)\w{16,255}$/, 'is a GitHub token'))
    .max(100)
    .default([]),
});
export type Secrets = z.infer<typeof secretsSchema>;

/** Keys pasted one after the other, each after a line with its app id. */
function keysOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, id, key] of text.matchAll(/(\d{1,12})\s*[:=]?\s*(-----BEGIN [\s\S]+?-----END [A-Z ]+-----)/g)) {
    found[id!] = key!;
  }
  if (text.trim() !== '' && Object.keys(found).length === 0) {
    const message = 'Keys of other apps: a line with the app id, then its private key.';
    throw new BraidError('input.invalid', message, { detail: [{ path: 'appKeys', message }] });
  }
  return found;
}

export const manifest = {
  vendor: 'github',
  title: 'GitHub',
  family: 'code',
  summary:
    'Suspends installations, ends token grants, deploy keys and held tokens; proven by what is listed no more or refused.',
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
    granularity: 'credential',
    async: true,
    propagationMs: { p50: 2_000, max: 60_000 },
    blastRadius:
      'Suspending an installation ends every token of that app in the organization. A revoked grant or token, and a removed authorization, can only be given anew by its owner.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'GitHub lists no sessions: they are made from the audit log. Classic tokens are seen only where single sign-on authorizes them.',
    gaps: {
      G4: 'A grant or token is revoked by a queue: GitHub answers 202 before it acts. Accepted until the grant is no longer listed, or the token is refused.',
      G8: 'SSH keys that a token made go on working after it, and are found nowhere by it.',
      G11: 'Only an app’s own key suspends its installation: others are ended by their uninstalling in the settings.',
    },
  },
  config: configSchema,
  secrets: secretsSchema,
  limitsOf: (externalId) => {
    const kind = targetOf(externalId)?.kind;
    if (!kind || kind === 'app' || kind === 'deploy_key') return null;
    return {
      pause: 'GitHub can’t give this back, so it is not taken for a pause',
      restore: 'its owner grants it anew, or makes a new one',
    };
  },
  livesOn: () => [{ gap: 'G8', what: 'SSH keys that a token made', forMs: null }],
  form: [
    { name: 'organization', label: 'Organization', secret: false, placeholder: 'acme', required: true },
    { name: 'appId', label: 'App id', secret: false, placeholder: '123456', required: true },
    {
      name: 'privateKey',
      label: 'Private key of the app',
      secret: true,
      help: 'The .pem file GitHub made for the app that Braid connects as.',
      multiline: true,
      required: true,
    },
    {
      name: 'appKeys',
      label: 'Keys of other apps of yours',
      secret: true,
      help: 'For each: its app id on a line, then its private key. Only an app itself may suspend its installation.',
      multiline: true,
      required: false,
    },
    {
      name: 'tokens',
      label: 'Tokens to end',
      secret: true,
      help: 'One a line: tokens that were leaked, or a canary’s. Braid can end and try these.',
      multiline: true,
      required: false,
    },
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      placeholder: 'installation:12345678',
      help: 'The installation of an app that nothing depends on, its key among those above. Drills suspend it; a token is asked for with its key as proof.',
      required: false,
    },
    {
      name: 'repositories',
      label: 'Repositories read for deploy keys',
      secret: false,
      placeholder: '200',
      required: false,
    },
    {
      name: 'baseUrl',
      label: 'API address',
      secret: false,
      placeholder: 'https://api.github.com',
      help: 'Of an Enterprise Server: https://host/api/v3.',
      required: false,
    },
    NETWORK_FIELD,
    ...FOLLOW_FORM.slice(1),
  ],
  split(values) {
    const { privateKey, appKeys, tokens, ownNetwork, linkByName, ...rest } = values;
    const config = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
    return {
      config: {
        ...config,
        ownNetwork: saysYes(ownNetwork),
        linkByName: linkByName !== 'false',
      },
      secrets: {
        privateKey: privateKey ?? '',
        appKeys: keysOf(appKeys ?? ''),
        tokens: (tokens ?? '').split(/\s+/).filter(Boolean),
      },
    };
  },
  values: (config) => ({ ownNetwork: config.ownNetwork ? 'yes' : 'no' }),
  sameTarget: (before, after) => before.baseUrl === after.baseUrl && before.organization === after.organization,
  target: (config) => `${config.organization} at ${new URL(config.baseUrl).host}`,
} satisfies Manifest<Config, Secrets>;
