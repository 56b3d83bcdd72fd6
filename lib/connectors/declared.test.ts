import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Acted, type Capabilities, followFields, type Manifest } from '@/lib/connectors/contract';
import type { ConnectionOf, Connector } from '@/lib/connectors/declared';

const config = z.strictObject({ held: z.boolean(), ...followFields });
type Config = z.infer<typeof config>;
type Secrets = Record<string, never>;

const words = {
  granularity: 'identity',
  async: false,
  propagationMs: { p50: 1, max: 2 },
  blastRadius: 'Nothing else.',
  reversible: false,
  needsHeldToken: false,
  observability: 'Everything.',
} satisfies Partial<Capabilities>;

const card = {
  vendor: 'typed',
  title: 'Typed',
  family: 'other' as const,
  summary: 'Only the compiler reads it.',
  config,
  secrets: z.strictObject({}),
  form: [],
  split: () => ({ config: {}, secrets: {} }),
  target: () => 'nowhere',
};

const none = {
  discover: 'native',
  list: 'none',
  terminateOne: 'none',
  revokeAll: 'none',
  pause: 'none',
  restore: 'none',
  probe: 'none',
  ...words,
} satisfies Capabilities;

const looks = { ...card, capabilities: none } satisfies Manifest<Config, Secrets>;
const proves = { ...card, capabilities: { ...none, terminateOne: 'native', probe: 'native' } } satisfies Manifest<
  Config,
  Secrets
>;
const ends = { ...card, capabilities: { ...none, revokeAll: 'native' } } satisfies Manifest<Config, Secrets>;
const narrowed = {
  ...card,
  capabilities: { ...none, list: 'native' },
  capabilitiesOf: ({ held }) => ({ ...none, list: held ? 'native' : 'none' }),
} satisfies Manifest<Config, Secrets>;
const forgetful: Manifest<Config, Secrets> = looks;

const tested = async () => ({ ok: true, checks: [] });
const close = async () => {};
const discover = async () => [];
const listSessions = async () => [];
const act = async (): Promise<Acted> => ({ state: 'effective', detail: '', affected: 0 });
const probe = async () => ({ result: 'unknown' as const, detail: '', checks: [], residuals: [] });
const base = { test: tested, close, discover };

// What must not compile: `tsc` fails where one of these lines has no error.
describe('a method is there exactly where its capability is declared, by type', () => {
  test('a connection that does what its manifest says', () => {
    const said = {
      looks: base satisfies ConnectionOf<typeof looks>,
      proves: { ...base, terminateSession: act, probeIdentity: probe, probeSession: probe } satisfies ConnectionOf<
        typeof proves
      >,
      held: { ...base, listSessions } satisfies ConnectionOf<typeof narrowed>,
      unheld: base satisfies ConnectionOf<typeof narrowed>,
    };
    expect(Object.keys(said)).toHaveLength(4);
  });

  test('declared, and no method', () => {
    // @ts-expect-error discover is declared native
    const blind: ConnectionOf<typeof looks> = { test: tested, close };
    // @ts-expect-error revokeAll brings endSessions and canEnter too
    const half: ConnectionOf<typeof ends> = { ...base, blockIdentity: act };
    // @ts-expect-error who ends one session and proves it, proves that one
    const unproven: ConnectionOf<typeof proves> = { ...base, terminateSession: act, probeIdentity: probe };
    // @ts-expect-error no setting takes discover away
    const without: ConnectionOf<typeof narrowed> = { test: tested, close, listSessions };
    expect([blind, half, unproven, without]).toHaveLength(4);
  });

  test('a method, and not declared', () => {
    // @ts-expect-error list is none
    const lists: ConnectionOf<typeof looks> = { ...base, listSessions };
    // @ts-expect-error rotate is not spoken of
    const rotates: ConnectionOf<typeof looks> = { ...base, rotateSecret: act };
    // @ts-expect-error nothing is ended, so no end is proven
    const proof: ConnectionOf<typeof looks> = { ...base, probeSession: probe };
    // @ts-expect-error no setting adds what the manifest does not declare
    const pauses: ConnectionOf<typeof narrowed> = { ...base, pauseIdentity: act };
    expect([lists, rotates, proof, pauses]).toHaveLength(4);
  });

  test('the same of what a folder exports', () => {
    const whole: Connector<typeof looks> = { manifest: looks, connect: async () => base };
    const less: Connector<typeof ends> = {
      manifest: ends,
      // @ts-expect-error revokeAll has no method
      connect: async () => base,
    };
    const more: Connector<typeof looks> = {
      manifest: looks,
      // @ts-expect-error list is none
      connect: async () => ({ ...base, listSessions }),
    };
    const untold: Connector<typeof forgetful> = {
      // @ts-expect-error annotated as Manifest it has forgotten what it declares
      manifest: forgetful,
      connect: () => Promise.reject(new Error('never called')),
    };
    expect([whole, less, more, untold]).toHaveLength(4);
  });
});
