import type { z } from 'zod';

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

export interface Manifest<Config = unknown, Secrets = unknown> {
  vendor: string;
  title: string;
  summary: string;
  capabilities: Capabilities;
  config: z.ZodType<Config>;
  secrets: z.ZodType<Secrets>;
  /** Fields of the connect form, in order. */
  form: { name: string; label: string; secret: boolean; placeholder?: string; help?: string; required: boolean }[];
}

/** A connection to one system. A method exists if and only if its capability is not `none`: contract-test.ts checks it. */
export interface Connection {
  test(): Promise<Tested>;
  discover?(): Promise<FoundIdentity[]>;
  listSessions?(): Promise<NativeSession[]>;
  terminateSession?(session: NativeSession): Promise<Acted>;
  /** Block re-issue: no new session of this identity from here on. Always before endSessions. */
  blockIdentity?(externalId: string): Promise<Acted>;
  endSessions?(externalId: string): Promise<Acted>;
  /** Ends refresh and derived credentials, where the system has them. */
  endDerived?(externalId: string): Promise<Acted>;
  pauseIdentity?(externalId: string): Promise<Acted>;
  restoreIdentity?(externalId: string): Promise<Acted>;
  probeIdentity?(externalId: string): Promise<Probed>;
  probeSession?(session: NativeSession): Promise<Probed>;
  close(): Promise<void>;
}

export interface ConnectorModule<Config = unknown, Secrets = unknown> {
  manifest: Manifest<Config, Secrets>;
  connect(config: Config, secrets: Secrets): Promise<Connection>;
}
