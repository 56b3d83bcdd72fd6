import { z } from 'zod';
import type { Family } from '@/lib/connectors/family-model';
import type { GapId } from '@/lib/connectors/gap-model';
import type { Pull } from '@/lib/connectors/pull-model';

export const CONNECTOR_STATES = ['enabled', 'disabled'] as const;
export const CONNECTOR_HEALTH = ['unknown', 'ok', 'degraded', 'failing'] as const;
export type ConnectorHealth = (typeof CONNECTOR_HEALTH)[number];

/** The namespace of names given by one connector. Identity aliases carry it. */
export const issuerOf = (connectorId: string): string => `connector:${connectorId}`;

const id = z.uuid();
const name = z.string().trim().min(1, 'needs a name').max(100);
const values = z
  .record(z.string().max(40), z.string().max(32_000))
  .refine((given) => Object.keys(given).length <= 40, 'has too many fields');
const vendor = z.string().min(1).max(40);

export const createInputSchema = z.strictObject({
  vendor,
  name,
  values,
  /** Namespace of the decision point's callers whose subject names mean the identities found here. */
  issuer: z.string().trim().min(1).max(100).default('default'),
});
export type CreateInput = z.input<typeof createInputSchema>;

export const updateInputSchema = z.strictObject({
  id,
  name: name.optional(),
  /** Given: the whole form anew; a secret left empty keeps its value. */
  values: values.optional(),
  state: z.enum(CONNECTOR_STATES).optional(),
  reason: z.string().trim().max(500).optional(),
});
export type UpdateInput = z.input<typeof updateInputSchema>;

export const removeInputSchema = z.strictObject({ id, reason: z.string().trim().min(1, 'needs a reason').max(500) });
export const refSchema = z.strictObject({ id });
export const testInputSchema = z.union([refSchema, z.strictObject({ vendor, values, id: id.optional() })]);
export type TestInput = z.input<typeof testInputSchema>;

/** One row of the connectors page and of `/api/v1/connectors`. */
export interface ConnectorRow {
  id: string;
  name: string;
  vendor: string;
  title: string;
  /** Where it points; never a secret. */
  target: string;
  issuer: string;
  state: (typeof CONNECTOR_STATES)[number];
  health: ConnectorHealth;
  healthDetail: string | null;
  lastSyncAt: string | null;
  lastEventAt: string | null;
  createdAt: string;
  liveSessions: number;
  sessionCount: number;
  identityCount: number;
  protectedCount: number;
  /** What it can do with its settings. */
  capabilities: Capabilities;
  /** How far its audit log, and the changes among its identities, have been taken over. */
  pulls: Pull[];
}

export interface ConnectorDetail extends ConnectorRow {
  form: FormField[];
  /** What the form holds now, secrets left out. */
  values: Record<string, string>;
  pollMs: number;
  linkByName: boolean;
}

/** What can be connected, for the connect form. */
export interface VendorCard {
  vendor: string;
  title: string;
  family: Family;
  summary: string;
  capabilities: Capabilities;
  form: FormField[];
}

/** How far a system lets Braid see and act. Declared in the manifest, shown in the console, checked by contract-test.ts. */
export type Means = 'native' | 'derived' | 'none';

export interface Capabilities {
  discover: Means;
  list: Means;
  terminateOne: Means;
  revokeAll: Means;
  pause: Means;
  restore: Means;
  probe: Means;
  /** Ends refresh and derived credentials; absent where the system has none. */
  derived?: Means;
  /** Says what else an action would hit, before it is done. */
  predict?: Means;
  /** Tries to come in with a credential Braid holds of the connector's canary. */
  canary?: Means;
  /** Lists what changed since a cursor, tombstones included, instead of everything. */
  changes?: Means;
  /** Hands over its audit log from a cursor on. */
  events?: Means;
  /** Takes back what an app was allowed by somebody. */
  consents?: Means;
  /** Gives an identity a new secret, with which the old one opens nothing any more. */
  rotate?: Means;
  /** Which of the known gaps it has, and what that means here. Shown on its card, and looked for by its probe. */
  gaps?: Partial<Record<GapId, string>>;
  /** What one termination ends: the session itself, everything of its credential, of the identity, or of the role. */
  granularity: 'session' | 'credential' | 'identity' | 'role';
  /** true: the system answers before it has acted. */
  async: boolean;
  /** Declared propagation in milliseconds; the measured one replaces it on screen as soon as there is one. */
  propagationMs: { p50: number; max: number };
  /** What else ends with it, in words for the dialog. */
  blastRadius: string;
  /** What else ends where one session alone is ended. Given wherever that can be done. */
  blastRadiusOne?: string;
  reversible: boolean;
  needsHeldToken: boolean;
  /** Can a session be missed? In words for the page. */
  observability: string;
}

/** Each in words for the dialog: why it can't be paused, why what was taken can't be given back. */
export interface IdentityLimits {
  pause?: string;
  restore?: string;
}

/** What may go on after everything was ended that can be. */
export interface LivesOn {
  gap: GapId;
  what: string;
  /** At most so long, ms; null: it has no end of its own, or none that is known before it is looked for. */
  forMs: number | null;
}

export interface FoundIdentity {
  externalId: string;
  name: string;
  kind: 'service_account' | 'api_key' | 'workload' | 'oauth_app' | 'ai_agent' | 'ci_pipeline' | 'human';
  /** Braid's own roles, superusers, replication: shown, never revoked. */
  protected: boolean;
  /** Can it log in at the moment? */
  enabled: boolean;
  owner?: string;
  purpose?: string;
  connectionLimit?: number;
  /** All it has there. `enabled: false`: listed, and opens nothing by itself at the moment. */
  credentials: { externalId: string; kind: string; expiresAt?: string; enabled?: boolean }[];
  /** Known by what it does and not from a list: that it is told no more does not mean that it is gone. */
  seenOnly?: true;
  attributes: Record<string, string | number | boolean | null>;
  /**
   * What the system's own log calls it, where that is another issuer than the vendor's word or another id than `externalId`
   * (see the format's normaliser): what is pulled or imported then means this identity.
   */
  logNames?: { issuer: string; externalId: string }[];
}

export interface NativeSession {
  /** Unique for all time at this system, e.g. pid + backend_start. */
  key: string;
  externalIdentityId: string;
  kind: 'browser' | 'api' | 'agent' | 'database' | 'job';
  label: string;
  startedAt: string;
  lastEventAt: string;
  idle: boolean;
  network?: string;
  agent?: string;
  credential?: string;
  /** What terminate needs again. */
  native: Record<string, string | number | boolean | null>;
}

/** What the vendor said to a request to act. `effective` only when the system itself reports the new state. */
export interface Acted {
  state: 'accepted' | 'effective' | 'failed';
  detail: string;
  affected: number;
}

/** Which revocation credentials are ended for. */
export type Ending = 'revoke' | 'pause' | 'rotate';

/** One rotation of an identity's secret: the same however often it is tried. */
export interface Rotation {
  /** When it was asked for, ISO. What was open then lives by the old secret. */
  since: string;
  /** A random secret of 43 letters, digits, `-` and `_`, for systems that take one instead of making it. */
  fresh: string;
}

export interface Rotated extends Acted {
  /** What a client comes in with from here on, by the system's own words (`password`, `access key id`): handed over once. */
  secret: Record<string, string>;
  /** External ids of credentials, as discovery gives them, that open nothing from here on. */
  replaced: string[];
}

export interface Residual {
  what: string;
  why: string;
  /** ISO time at which it dies by itself; null = it does not. */
  until: string | null;
  /** Gap of the gap library. */
  gap?: GapId;
}

/** `gone` only when something that would have succeeded before now fails. */
export interface Probed {
  result: 'gone' | 'alive' | 'unknown';
  detail: string;
  checks: { check: string; saw: string; at: string }[];
  residuals: Residual[];
}

/** Something that would end or be hit beside the identity meant: another identity, a role's other sessions, an open stream. */
export interface Hit {
  what: string;
  why: string;
  /** Known by this name at the system, where it is an identity. */
  externalId?: string;
  sessions?: number;
}

/** One page of what changed since a cursor. */
export interface IdentityChanges {
  items: FoundIdentity[];
  /** External ids that are gone for good. */
  removed: string[];
  /** Where the next page, or the next look, goes on. */
  cursor: string;
  /** There is more now: ask again at once. */
  more: boolean;
  /** `items` and `removed` of all pages together are everything there is: what was known and is not among them is gone. */
  complete: boolean;
  /** The system knows the place no more that was asked for: this is the first page of everything. */
  anew?: true;
}

/** A piece of a system's audit log, as the system wrote it: parsed by the format's own normaliser. */
export interface PulledEvents {
  /** A format of connectors/formats. */
  format: string;
  /** One JSON record or log line each, in the order they were handed over. */
  lines: string[];
  cursor: string;
  more: boolean;
}

/** A session Braid opened as the canary would. */
export interface CanarySession {
  /** Uses it once: true where the system still serves it. */
  alive(): Promise<boolean>;
  close(): Promise<void>;
  /** It is a token the system does not take back: ISO time at which it dies by itself. Absent: ending it ends it. */
  livesUntil?: string;
}

export interface Tested {
  ok: boolean;
  /**
   * `about`: how the system is set up, not what Braid may do: where it fails, a finding is raised about this external id.
   * `untried`: nothing is known to be missing, and trying it would end something.
   */
  checks: { check: string; ok: boolean; untried?: true; detail: string; fix?: string; about?: string }[];
}

export interface FormField {
  name: string;
  label: string;
  secret: boolean;
  placeholder?: string;
  help?: string;
  required: boolean;
  /** Several lines are typed in. */
  multiline?: boolean;
  /** Offered values; without them a text field. */
  options?: { value: string; label: string }[];
}

type Answer<T> = { data?: T; error?: { code: string; message: string; errors?: { path: string; message: string }[] } };

/** The server actions the connectors page is given as props. */
export interface ConnectorActions {
  create: (input: CreateInput) => Promise<Answer<{ id: string }>>;
  update: (input: UpdateInput) => Promise<Answer<void>>;
  remove: (input: { id: string; reason: string }) => Promise<Answer<void>>;
  test: (input: TestInput) => Promise<Answer<Tested>>;
  sync: (input: { id: string }) => Promise<Answer<void>>;
  show: (input: { id: string }) => Promise<Answer<ConnectorDetail>>;
}
