import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { LINK_FIELD, NETWORK_FIELD, pollField, saysYes } from '@/lib/connectors/form-model';

export const configSchema = z.strictObject({
  region: z
    .string()
    .trim()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'is no region')
    .default('us-east-1'),
  /** Instead of Amazon's own addresses: a VPC endpoint, LocalStack, moto. */
  endpoint: z
    .union([z.literal(''), z.url({ protocol: /^https?$/, error: 'is no http(s) address' }).max(500)])
    .default(''),
  ownNetwork: z.boolean().default(false),
  /** Taken on by the key before anything else: Braid’s role in another account. */
  roleArn: z.string().trim().max(300).default(''),
  externalId: z.string().trim().max(300).default(''),
  /** A blocked role can’t be assumed (its trust policy is given a denial); else it can, and may do nothing. */
  cutTrust: z.boolean().default(true),
  ...followFields,
  /** Here: how often CloudTrail is asked. It answers twice a second at most, for the whole account. */
  pollMs: z.coerce.number().int().min(250).max(60_000).default(15_000),
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({
  accessKeyId: z.string().min(1, 'is needed').max(200),
  secretAccessKey: z.string().min(1, 'is needed').max(200),
  canaryKeyId: z.string().max(200).default(''),
  canarySecret: z.string().max(200).default(''),
});
export type Secrets = z.infer<typeof secretsSchema>;

const SECRETS = ['accessKeyId', 'secretAccessKey', 'canaryKeyId', 'canarySecret'];

function split(values: Record<string, string>) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const { linkByName, ownNetwork, cutTrust, ...config } = Object.fromEntries(
    given.filter(([name]) => !SECRETS.includes(name)),
  );
  return {
    config: {
      ...config,
      linkByName: linkByName !== 'false',
      ownNetwork: saysYes(ownNetwork),
      cutTrust: cutTrust !== 'false',
    },
    secrets: Object.fromEntries(given.filter(([name]) => SECRETS.includes(name))),
  };
}

export const manifest = {
  vendor: 'aws',
  title: 'AWS IAM / STS',
  family: 'clouds',
  summary:
    'Denies users and roles, makes keys inactive, denies what was issued before; proven by a held key that is refused.',
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
    gaps: {
      G5: 'IAM takes about four seconds to be the same everywhere. What was set is read again after that.',
      G8: 'Sessions of roles that were assumed by it before go on to their own end: chained roles are listed as left.',
      G9: 'STS lists no sessions. Without a held credential nothing shows that the last one is dead: unverifiable.',
      G10: 'A role is blocked whole: everybody who assumed it is hit.',
    },
    granularity: 'role',
    async: true,
    propagationMs: { p50: 5_000, max: 30_000 },
    blastRadius: 'All keys, sessions and the console password of a user. Of a role: every session, whoever assumed it.',
    reversible: true,
    needsHeldToken: false,
    observability:
      'Sessions are known from CloudTrail alone, minutes late. Data events (S3 objects, Lambda calls) are not in it.',
  },
  config: configSchema,
  secrets: secretsSchema,
  livesOn: () => [
    { gap: 'G8', what: 'sessions of roles it assumed before, and of roles those assumed', forMs: 12 * 3_600_000 },
  ],
  form: [
    { name: 'accessKeyId', label: 'Access key id', secret: true, placeholder: 'AKIA…', required: true },
    { name: 'secretAccessKey', label: 'Secret access key', secret: true, required: true },
    {
      name: 'roleArn',
      label: 'Role to take on',
      secret: false,
      placeholder: 'arn:aws:iam::123456789012:role/braid',
      help: 'For another account. Leave empty where the key itself has the rights.',
      required: false,
    },
    { name: 'externalId', label: 'External id', secret: false, required: false },
    { name: 'region', label: 'Region of CloudTrail and STS', secret: false, placeholder: 'us-east-1', required: false },
    {
      name: 'cutTrust',
      label: 'A blocked role',
      secret: false,
      required: false,
      options: [
        { value: 'true', label: 'can’t be assumed (trust policy)' },
        { value: 'false', label: 'can be assumed and may do nothing' },
      ],
    },
    {
      name: 'endpoint',
      label: 'Endpoint',
      secret: false,
      help: 'A VPC endpoint or a local stand-in. Empty: Amazon’s own.',
      required: false,
    },
    NETWORK_FIELD,
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      help: 'ARN of the user drills are held with, and its key below. It may do one thing: iam:ListAccountAliases.',
      required: false,
    },
    { name: 'canaryKeyId', label: 'Canary’s access key id', secret: true, required: false },
    { name: 'canarySecret', label: 'Canary’s secret access key', secret: true, required: false },
    pollField('Ask CloudTrail', 15_000),
    LINK_FIELD,
  ],
  split,
  sameTarget: (before, after) => before.endpoint === after.endpoint && before.roleArn === after.roleArn,
  target: (config) => [config.endpoint || 'aws', config.region, config.roleArn].filter((part) => part !== '').join(' '),
} satisfies Manifest<Config, Secrets>;
