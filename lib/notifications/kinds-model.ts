import { z } from 'zod';

// What every kind of channel asks for: the fields of its form, what of them is secret, and where it points.

export const CHANNEL_KINDS = ['email', 'slack', 'teams', 'pagerduty', 'webhook', 'syslog'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export interface ChannelField {
  name: string;
  label: string;
  /** toggle: `yes` or nothing. */
  as: 'text' | 'secret' | 'lines' | 'toggle' | 'choice';
  required?: boolean;
  placeholder?: string;
  help?: string;
  options?: { value: string; label: string }[];
  /** What stands in the field of a new channel. */
  initial?: string;
  /** Shown beside another one. */
  half?: boolean;
}

const host = z
  .string()
  .trim()
  .min(1, 'is missing')
  .max(255)
  .regex(/^[\w.:[\]-]+$/, 'is not a host');
const port = z.coerce.number().int().min(1).max(65_535);
const web = z
  .url({ protocol: /^https?$/, error: 'is not a web address' })
  .max(2000)
  .refine((url) => !new URL(url).username && !new URL(url).password, 'holds a password: use the field for it');
const toggle = z.preprocess((given) => given === 'yes' || given === true, z.boolean());
const optional = z.string().trim().max(20_000).default('');
const addresses = z
  .preprocess(
    (given) => (typeof given === 'string' ? given.split(/[\s,;]+/).filter(Boolean) : given),
    z.array(z.email('is not an e-mail address').max(254)).max(50),
  )
  .default([]);

const common = {
  /** May the receiver be in a network of one's own? */
  ownNetwork: toggle.default(false),
  /** Days after which an undelivered message is given up. */
  giveUpDays: z.coerce.number().int().min(1).max(30).default(7),
};
const ca = optional.refine(
  (pem) => pem === '' || pem.includes('-----BEGIN CERTIFICATE-----'),
  'is not a PEM certificate',
);

export const CONFIGS = {
  email: z
    .strictObject({
      ...common,
      host,
      port: port.default(587),
      security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
      user: z.string().trim().max(254).default(''),
      from: z.string().trim().min(3, 'is missing').max(320),
      to: addresses,
      toOwner: toggle.default(false),
      ca,
    })
    .refine((config) => config.to.length > 0 || config.toOwner, { path: ['to'], message: 'is missing' }),
  slack: z.strictObject(common),
  teams: z.strictObject(common),
  pagerduty: z.strictObject({ ...common, url: web.default('https://events.pagerduty.com/v2/enqueue') }),
  webhook: z.strictObject({ ...common, url: web, ca }),
  syslog: z.strictObject({
    ...common,
    host,
    port: port.default(6514),
    transport: z.enum(['tls', 'tcp', 'udp']).default('tls'),
    ca,
  }),
} as const;

const hookUrl = z.strictObject({ url: web });
export const SECRETS = {
  email: z.strictObject({ password: z.string().max(1000).default('') }),
  slack: hookUrl,
  teams: hookUrl,
  pagerduty: z.strictObject({
    routingKey: z
      .string()
      .trim()
      .regex(/^\w{32}$/, 'is 32 letters and digits'),
  }),
  webhook: z.strictObject({
    signingSecret: z
      .string()
      .trim()
      .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'is whsec_ and 24 to 64 bytes in base64'),
    authorization: z
      .string()
      .trim()
      .max(4000)
      .regex(/^[\x20-\x7e]*$/, 'is not a header value')
      .default(''),
  }),
  syslog: z.strictObject({}),
} as const;

export type ConfigOf<Kind extends ChannelKind> = z.output<(typeof CONFIGS)[Kind]>;
export type SecretsOf<Kind extends ChannelKind> = z.output<(typeof SECRETS)[Kind]>;

const OWN: ChannelField = {
  name: 'ownNetwork',
  label: 'The receiver is in our own network',
  as: 'toggle',
  help: 'Private and loopback addresses are refused otherwise. Metadata services always are.',
};
const DAYS: ChannelField = {
  name: 'giveUpDays',
  label: 'Give up after (days)',
  as: 'text',
  initial: '7',
  help: 'Until then an unreachable receiver only delays. What is given up stays in the log and can be sent again.',
};
const CA: ChannelField = {
  name: 'ca',
  label: 'Certificate of its authority (PEM)',
  as: 'lines',
  help: 'Only where its certificate is not publicly trusted.',
};

export interface KindCard {
  title: string;
  summary: string;
  fields: ChannelField[];
}

export const KINDS: Record<ChannelKind, KindCard> = {
  email: {
    title: 'E-mail',
    summary: 'Through your own mail server (SMTP), to fixed addresses or to the owner of the identity.',
    fields: [
      { name: 'host', label: 'Mail server', as: 'text', required: true, placeholder: 'smtp.example.com', half: true },
      { name: 'port', label: 'Port', as: 'text', required: true, initial: '587', half: true },
      {
        name: 'security',
        label: 'Encryption',
        as: 'choice',
        initial: 'starttls',
        options: [
          { value: 'starttls', label: 'STARTTLS, required' },
          { value: 'tls', label: 'TLS from the start' },
          { value: 'none', label: 'None' },
        ],
      },
      { name: 'user', label: 'User', as: 'text', half: true },
      { name: 'password', label: 'Password', as: 'secret', half: true },
      { name: 'from', label: 'From', as: 'text', required: true, placeholder: 'Braid <braid@example.com>' },
      { name: 'to', label: 'To', as: 'text', placeholder: 'soc@example.com, oncall@example.com' },
      {
        name: 'toOwner',
        label: 'To the owner of the identity instead, where that is an e-mail address',
        as: 'toggle',
      },
      CA,
      OWN,
      DAYS,
    ],
  },
  slack: {
    title: 'Slack',
    summary: 'An incoming webhook of a Slack app; Mattermost and Rocket.Chat take the same.',
    fields: [
      {
        name: 'url',
        label: 'Webhook URL',
        as: 'secret',
        required: true,
        placeholder: 'https://hooks.slack.com/services/…',
      },
      OWN,
      DAYS,
    ],
  },
  teams: {
    title: 'Microsoft Teams',
    summary: 'A workflow “Post to a channel when a webhook request is received”; messages are adaptive cards.',
    fields: [{ name: 'url', label: 'Webhook URL', as: 'secret', required: true }, OWN, DAYS],
  },
  pagerduty: {
    title: 'PagerDuty',
    summary: 'Events API v2. A finding is one incident: acknowledged and closed findings do the same to it.',
    fields: [
      { name: 'routingKey', label: 'Integration key', as: 'secret', required: true },
      {
        name: 'url',
        label: 'Events address',
        as: 'text',
        required: true,
        initial: 'https://events.pagerduty.com/v2/enqueue',
        help: 'In the EU: https://events.eu.pagerduty.com/v2/enqueue',
      },
      OWN,
      DAYS,
    ],
  },
  webhook: {
    title: 'Signed webhook',
    summary: 'JSON by POST, signed as Standard Webhooks does, with an id that stays the same when it is sent again.',
    fields: [
      { name: 'url', label: 'URL', as: 'text', required: true, placeholder: 'https://soar.example.com/hooks/braid' },
      {
        name: 'signingSecret',
        label: 'Signing secret',
        as: 'secret',
        placeholder: 'whsec_…',
        help: 'Left empty, Braid makes one and shows it once.',
      },
      {
        name: 'authorization',
        label: 'Authorization header',
        as: 'secret',
        placeholder: 'Bearer …',
        help: 'Where the receiver wants one beside the signature.',
      },
      CA,
      OWN,
      DAYS,
    ],
  },
  syslog: {
    title: 'Syslog',
    summary: 'RFC 5424 messages that carry OCSF Detection Findings, for a SIEM or log collector.',
    fields: [
      { name: 'host', label: 'Host', as: 'text', required: true, placeholder: 'siem.example.com', half: true },
      { name: 'port', label: 'Port', as: 'text', required: true, initial: '6514', half: true },
      {
        name: 'transport',
        label: 'Transport',
        as: 'choice',
        initial: 'tls',
        options: [
          { value: 'tls', label: 'TLS (RFC 5425)' },
          { value: 'tcp', label: 'TCP (RFC 6587, octet counting)' },
          { value: 'udp', label: 'UDP (RFC 5426): nobody learns of a lost message' },
        ],
      },
      CA,
      OWN,
      DAYS,
    ],
  },
};

/** Fields of a kind that are secret. */
export const secretNames = (kind: ChannelKind): string[] =>
  KINDS[kind].fields.filter((field) => field.as === 'secret').map((field) => field.name);
