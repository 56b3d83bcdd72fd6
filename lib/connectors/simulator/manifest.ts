import { z } from 'zod';
import { type Capabilities, followFields, type Manifest } from '@/lib/connectors/contract';
import { GAP_IDS, GAPS } from '@/lib/connectors/gap-model';
import { LEFT_BEHIND } from '@/lib/connectors/simulator/world';
import { BraidError } from '@/lib/platform/errors';

const name = z.string().trim().min(1).max(100);

export const configSchema = z.strictObject({
  /** Connections with the same world see the same identities and sessions within one process; each keeps them over its end. */
  world: name.default('drill'),
  identities: z
    .array(z.strictObject({ name, sessions: z.number().int().min(0).max(50), protected: z.boolean() }))
    .max(100),
  gaps: z.array(z.enum(GAP_IDS)).max(14),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;
export const secretsSchema = z.strictObject({});
export type Secrets = z.infer<typeof secretsSchema>;

const list = (text = '') => text.split(/[,\s]+/).filter(Boolean);

function identity(text: string) {
  const [, found, sessions] = /^([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  if (!found) throw new BraidError('input.invalid', `${text} is not a name, or name:sessions.`);
  return { name: found, sessions: Number(sessions ?? 1), protected: false };
}

const CAPABILITIES = {
  discover: 'native',
  list: 'native',
  terminateOne: 'native',
  revokeAll: 'native',
  pause: 'native',
  restore: 'native',
  probe: 'native',
  predict: 'native',
  canary: 'native',
  rotate: 'native',
  changes: 'native',
  events: 'native',
  granularity: 'session',
  async: true,
  propagationMs: { p50: 20, max: 2_000 },
  blastRadius: 'Nothing outside the simulation.',
  blastRadiusOne: 'Nothing else.',
  reversible: true,
  needsHeldToken: false,
  observability: 'Every session is seen, except where gap G9 hides a token class.',
} satisfies Capabilities;

export const manifest = {
  vendor: 'simulator',
  title: 'Simulator',
  family: 'braid',
  summary:
    'A system inside Braid, for drills: shows what each of the fourteen known gaps looks like when access is ended.',
  capabilities: CAPABILITIES,
  // What it was set to have, it says.
  capabilitiesOf: ({ gaps }) => ({
    ...CAPABILITIES,
    gaps: Object.fromEntries(gaps.map((gap) => [gap, GAPS[gap].why])),
    async: gaps.includes('G4'),
  }),
  logFormats: ['ocsf'],
  config: configSchema,
  secrets: secretsSchema,
  livesOn: ({ gaps }) =>
    gaps.flatMap((gap) => {
      const left = LEFT_BEHIND[gap];
      return left ? [{ gap, what: left.what, forMs: left.forMs }] : [];
    }),
  form: [
    { name: 'world', label: 'World', secret: false, placeholder: 'drill', required: false },
    {
      name: 'identities',
      label: 'Identities',
      secret: false,
      placeholder: 'svc-drill:3, svc-backup:1',
      help: 'Name and number of sessions, separated by commas.',
      required: true,
    },
    {
      name: 'gaps',
      label: 'Gaps',
      secret: false,
      placeholder: 'G2, G6',
      help: 'Empty for a system without gaps. G1 to G14.',
      required: false,
    },
    {
      name: 'canary',
      label: 'Canary',
      secret: false,
      placeholder: 'svc-canary',
      help: 'One of the identities: drills are held with it.',
      required: false,
    },
  ],
  split: (values) => ({
    config: {
      ...(values.world ? { world: values.world } : {}),
      identities: list(values.identities).map(identity),
      gaps: list(values.gaps?.toUpperCase()),
      ...(values.canary ? { canary: values.canary } : {}),
      ...(values.pollMs ? { pollMs: values.pollMs } : {}),
      linkByName: values.linkByName !== 'false',
    },
    secrets: {},
  }),
  values: (config) => ({
    identities: config.identities.map((one) => `${one.name}:${one.sessions}`).join(', '),
    gaps: config.gaps.join(', '),
  }),
  target: (config) => `world ${config.world}`,
} satisfies Manifest<Config, Secrets>;
