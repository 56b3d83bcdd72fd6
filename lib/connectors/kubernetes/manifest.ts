import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, LINK_FIELD, NETWORK_FIELD, pollField, saysYes } from '@/lib/connectors/form-model';

export const configSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'is no http(s) address' }).max(500),
  ownNetwork: z.boolean().default(false),
  /** PEM of the cluster’s authority. */
  ca: z.string().max(20_000).default(''),
  /** Where Braid writes down what it has blocked. */
  namespace: z
    .string()
    .trim()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no namespace')
    .default('braid'),
  ...followFields,
  pollMs: z.coerce.number().int().min(250).max(60_000).default(5_000),
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({ token: z.string().trim().min(1, 'is needed').max(8_192) });
export type Secrets = z.infer<typeof secretsSchema>;

function split(values: Record<string, string>) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const { linkByName, ownNetwork, token, ...config } = Object.fromEntries(given);
  return {
    config: { ...config, linkByName: linkByName !== 'false', ownNetwork: saysYes(ownNetwork) },
    secrets: { token: token ?? '' },
  };
}

export const manifest = {
  vendor: 'kubernetes',
  title: 'Kubernetes',
  family: 'clouds',
  summary:
    'Takes a service account away, so that every token of it is dead, and makes it again; proven by two looks without it.',
  capabilities: {
    discover: 'native',
    list: 'derived',
    terminateOne: 'native',
    revokeAll: 'native',
    pause: 'native',
    restore: 'native',
    probe: 'native',
    predict: 'native',
    canary: 'native',
    gaps: {
      G2: 'Who verifies its tokens by the issuer’s keys (a cloud’s workload identity) does not ask the cluster.',
      G6: 'Watches, exec and port-forward that are open go on: authentication was when they were opened.',
      G7: 'API servers remember a token for ten seconds, kubelets what it may do for minutes.',
      G9: 'Tokens made by TokenRequest can’t be listed. All of an account’s die with it.',
      G10: 'An account is taken away whole: every pod that runs as it is hit.',
      G11: 'An account called default is made again by Kubernetes: its tokens die, it can’t be blocked.',
    },
    granularity: 'session',
    async: true,
    propagationMs: { p50: 1_500, max: 15_000 },
    blastRadius:
      'Every pod that runs as the account loses the API. After a restore its pods need new tokens: restart them.',
    blastRadiusOne:
      'The pod is deleted with the work in it, and its controller starts another, which comes in again; of a token secret, whoever reads it is out.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Sessions are pods and token secrets. Tokens made by TokenRequest are not listed; what is done shows in the audit log.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [
    { gap: 'G6', what: 'streams it has open (watch, exec, port-forward)', forMs: 4 * 3_600_000 },
    { gap: 'G7', what: 'answers that kubelets remember', forMs: 5 * 60_000 },
    { gap: 'G2', what: 'tokens it has shown to a cloud, which does not ask the cluster', forMs: 24 * 3_600_000 },
  ],
  form: [
    { name: 'url', label: 'API server', secret: false, placeholder: 'https://cluster.internal:6443', required: true },
    { name: 'token', label: 'Token of Braid’s own service account', secret: true, required: true },
    CA_FIELD,
    NETWORK_FIELD,
    {
      name: 'namespace',
      label: 'Namespace Braid writes in',
      secret: false,
      placeholder: 'braid',
      help: 'There it keeps what it has blocked, to give it back.',
      required: false,
    },
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      placeholder: 'system:serviceaccount:braid:canary',
      help: 'The service account drills are held with. Braid makes tokens for it alone.',
      required: false,
    },
    pollField('List pods', 5_000),
    LINK_FIELD,
  ],
  split,
  sameTarget: (before, after) => before.url === after.url,
  target: (config) => config.url,
} satisfies Manifest<Config, Secrets>;
