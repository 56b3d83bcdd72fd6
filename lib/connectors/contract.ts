import { z } from 'zod';

/** Settings every connector has, whatever it connects to. */
export const followFields = {
  /** How often live sessions are listed, milliseconds. */
  pollMs: z.coerce.number().int().min(250).max(60_000).default(1_000),
  /** Callers of the decision point that use the same name mean the same identity. */
  linkByName: z.boolean().default(true),
};

export interface FollowConfig {
  pollMs: number;
  linkByName: boolean;
}

/** What a connection has to know of the Braid that opened it. */
export interface ConnectHost {
  connectorId: string;
  /** The PostgreSQL Braid itself lives in, so that a connector recognises it and protects its roles. */
  own: { systemIdentifier: string; roles: string[] } | null;
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
  /** What one termination ends: the session itself, everything of its credential, of the identity, or of the role. */
  granularity: 'session' | 'credential' | 'identity' | 'role';
  /** true: the system answers before it has acted. */
  async: boolean;
  /** Declared propagation in milliseconds; the measured one replaces it on screen as soon as there is one. */
  propagationMs: { p50: number; max: number };
  /** What else ends with it, in words for the dialog. */
  blastRadius: string;
  reversible: boolean;
  needsHeldToken: boolean;
  /** Can a session be missed? In words for the page. */
  observability: string;
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
  credentials: { externalId: string; kind: string; expiresAt?: string }[];
  attributes: Record<string, string | number | boolean | null>;
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

export interface Residual {
  what: string;
  why: string;
  /** ISO time at which it dies by itself; null = it does not. */
  until: string | null;
  /** Gap of the gap library, G1 to G14. */
  gap?: string;
}

/** `gone` only when something that would have succeeded before now fails. */
export interface Probed {
  result: 'gone' | 'alive' | 'unknown';
  detail: string;
  checks: { check: string; saw: string; at: string }[];
  residuals: Residual[];
}

export interface Tested {
  ok: boolean;
  checks: { check: string; ok: boolean; detail: string; fix?: string }[];
}

export interface FormField {
  name: string;
  label: string;
  secret: boolean;
  placeholder?: string;
  help?: string;
  required: boolean;
  /** Offered values; without them a text field. */
  options?: { value: string; label: string }[];
}

export interface Manifest<Config extends FollowConfig = FollowConfig, Secrets = unknown> {
  vendor: string;
  title: string;
  summary: string;
  capabilities: Capabilities;
  config: z.ZodType<Config>;
  secrets: z.ZodType<Secrets>;
  /** Fields of the connect form, in order. */
  form: FormField[];
  /** Sorts what the form holds (all texts, absent = '') into what is secret and what is not. Throws `input.invalid`. */
  split(values: Record<string, string>): { config: unknown; secrets: unknown };
  /** Where it points, for people: never a secret. */
  target(config: Config): string;
}

/** A connection to one system. A method exists if and only if its capability is not `none`: contract-test.ts checks it. */
export interface Connection {
  test(): Promise<Tested>;
  /** `known`: external ids seen before, so that one that can't log in any more is still reported. */
  discover?(known?: string[]): Promise<FoundIdentity[]>;
  listSessions?(): Promise<NativeSession[]>;
  terminateSession?(session: NativeSession): Promise<Acted>;
  /** Block re-issue: no new session of this identity from here on. Always before endSessions. */
  blockIdentity?(externalId: string): Promise<Acted>;
  endSessions?(externalId: string): Promise<Acted>;
  /** Ends refresh and derived credentials, where the system has them. */
  endDerived?(externalId: string): Promise<Acted>;
  pauseIdentity?(externalId: string): Promise<Acted>;
  restoreIdentity?(externalId: string): Promise<Acted>;
  /** After a block: is it gone for good? After a restore: `alive` says it may come back in. */
  probeIdentity?(externalId: string): Promise<Probed>;
  probeSession?(session: NativeSession): Promise<Probed>;
  close(): Promise<void>;
}

export interface ConnectorModule<Config extends FollowConfig = FollowConfig, Secrets = unknown> {
  manifest: Manifest<Config, Secrets>;
  connect(config: Config, secrets: Secrets, host: ConnectHost): Promise<Connection>;
}
