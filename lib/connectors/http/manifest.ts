import { z } from 'zod';
import { type Capabilities, followFields, type Manifest } from '@/lib/connectors/contract';
import { CA_FIELD, LINK_FIELD, NETWORK_FIELD, pollField, saysYes } from '@/lib/connectors/form-model';
import type { GapId } from '@/lib/connectors/gap-model';
import { type Description, parseDescription } from '@/lib/connectors/http/description-model';
import { namesIn } from '@/lib/connectors/http/fill-evaluate';
import { BraidError } from '@/lib/platform/errors';

export const readDescription = (source: string): Description => parseDescription(source, namesIn);

export const configSchema = z.strictObject({
  /** YAML or JSON, as it was written. */
  description: z
    .string()
    .max(32_000)
    .superRefine((source, context) => {
      try {
        readDescription(source);
      } catch (error) {
        context.addIssue({
          code: 'custom',
          message: error instanceof BraidError ? error.publicMessage : 'can’t be read',
        });
      }
    }),
  ownNetwork: z.boolean().default(false),
  ca: z.string().max(20_000).optional(),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;

export const secretsSchema = z.strictObject({ secret: z.string().min(1, 'is needed').max(8192) });
export type Secrets = z.infer<typeof secretsSchema>;

const ALL = {
  discover: 'native',
  list: 'native',
  terminateOne: 'native',
  revokeAll: 'native',
  pause: 'native',
  restore: 'native',
  probe: 'native',
  derived: 'native',
  granularity: 'session',
  async: true,
  propagationMs: { p50: 2_000, max: 60_000 },
  blastRadius: 'What the described requests end, and no more than they say.',
  blastRadiusOne: 'What the described request ends of it, and no more than it says.',
  reversible: true,
  needsHeldToken: false,
  observability: 'What the described listing shows.',
} satisfies Capabilities;

/** What is described can be done, nothing else. */
export function capabilitiesOf({ description: source }: Pick<Config, 'description'>): Capabilities {
  const given = readDescription(source);
  const when = (so: unknown) => (so ? 'native' : 'none');
  const provable = (given.state && given.sessions) || given.probe?.identity;
  const gaps: Partial<Record<GapId, string>> = {};
  for (const one of given.lives_on ?? []) gaps[one.gap] = `${one.what}: ${one.why}`.slice(0, 500);
  return {
    ...ALL,
    discover: when(given.identities),
    list: when(given.sessions),
    terminateOne: when(given.terminate),
    revokeAll: when(given.block),
    pause: when(given.block && given.restore),
    restore: when(given.restore),
    probe: when(provable || (given.terminate && given.sessions)),
    derived: when(given.derived),
    gaps,
    granularity: given.terminate ? 'session' : 'identity',
    async: given.async,
    propagationMs: { p50: given.settles_ms, max: Math.max(given.settles_ms * 10, 10_000) },
    blastRadius: given.blast_radius,
    reversible: Boolean(given.restore),
    observability: given.observability,
  };
}

export const manifest = {
  vendor: 'http',
  title: 'HTTP, described by you',
  family: 'other',
  summary: 'Any system with an HTTP API: a description in YAML says how access is listed, ended, blocked and proven.',
  capabilities: ALL,
  capabilitiesOf,
  config: configSchema,
  secrets: secretsSchema,
  livesOn: ({ description }) =>
    (readDescription(description).lives_on ?? []).map(({ gap, what, seconds }) => ({
      gap,
      what,
      forMs: seconds === null ? null : seconds * 1_000,
    })),
  form: [
    {
      name: 'description',
      label: 'Description (YAML)',
      secret: false,
      multiline: true,
      placeholder: 'name: Boundary\nbase: https://boundary.example.org/v1\nauth: { bearer: true }',
      help: 'The documentation has two whole ones. What is wrong is said by line.',
      required: true,
    },
    { name: 'secret', label: 'Token, password or client secret', secret: true, required: true },
    NETWORK_FIELD,
    CA_FIELD,
    pollField('List sessions', 1_000),
    LINK_FIELD,
  ],
  split: (values) => {
    const { secret, ownNetwork, linkByName, ...config } = Object.fromEntries(
      Object.entries(values).filter(([, value]) => value !== ''),
    ) as Record<string, string>;
    return {
      config: { ...config, ownNetwork: saysYes(ownNetwork), linkByName: linkByName !== 'false' },
      secrets: { secret: secret ?? '' },
    };
  },
  values: (config) => ({ ownNetwork: config.ownNetwork ? 'yes' : 'no' }),
  sameTarget: (before, after) => {
    const [was, is] = [readDescription(before.description), readDescription(after.description)];
    return was.base === is.base && JSON.stringify(was.auth) === JSON.stringify(is.auth) && before.ca === after.ca;
  },
  target: (config) => readDescription(config.description).base,
} satisfies Manifest<Config, Secrets>;
