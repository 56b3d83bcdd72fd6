import { z } from 'zod';
import type { Family } from '@/lib/connectors/family-model';
import type {
  Acted,
  CanarySession,
  Capabilities,
  Ending,
  FormField,
  FoundIdentity,
  Hit,
  IdentityChanges,
  IdentityLimits,
  LivesOn,
  NativeSession,
  Probed,
  PulledEvents,
  Rotated,
  Rotation,
  Tested,
} from '@/lib/connectors/model';

export type {
  Acted,
  CanarySession,
  Capabilities,
  Ending,
  FormField,
  FoundIdentity,
  Hit,
  IdentityChanges,
  IdentityLimits,
  LivesOn,
  Means,
  NativeSession,
  Probed,
  PulledEvents,
  Residual,
  Rotated,
  Rotation,
  Tested,
} from '@/lib/connectors/model';

/** Settings every connector has, whatever it connects to. */
export const followFields = {
  /** How often live sessions are listed, milliseconds. */
  pollMs: z.coerce.number().int().min(250).max(60_000).default(1_000),
  /** Callers of the decision point that use the same name mean the same identity. */
  linkByName: z.boolean().default(true),
  /** External id of the identity drills are held with: a canary, which nothing depends on. Its credential is a secret. */
  canary: z.string().trim().max(300).optional(),
};

export interface FollowConfig {
  pollMs: number;
  linkByName: boolean;
  canary?: string | undefined;
}

/**
 * What a connector has to know later of what it did: sealed, for every process, gone with the connector. A note is written
 * before the system is changed, so that nothing is taken that can't be given back; a process that dies between the two has
 * taken nothing, and restoring finds nothing to do.
 */
export interface Notes {
  /** null: there is none, or it was written about another system than the connector points at now. */
  read(key: string): Promise<unknown>;
  /** Durable when it returns. Throws `connector.refused` where there is no room, and then nothing may be taken. */
  write(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

/** One page of a listing, as it was read. */
export interface ReadPage {
  what: string;
  items: unknown[];
  /** null: it was the last one. */
  next: unknown;
  /** The listing begins with it: what was read of it before is no part of it. */
  first: boolean;
}

/**
 * What was read of a look at the system, listing by listing, when it asked for patience: sealed, for every process, gone with
 * the connector and with other settings, and after a while. `looking` of read-whole.ts is what uses it.
 */
export interface Looks {
  /** null: nothing is kept that may be gone on from. */
  find(name: string): Promise<{ id: string; pages: ReadPage[] } | null>;
  /** Puts pages behind the first `from` of a look; what there is no room for is left out. Durable when it returns. */
  keep(name: string, read: { id: string; from: number; pages: ReadPage[] }): Promise<void>;
  drop(name: string): Promise<void>;
}

/** What a connection has to know of the Braid that opened it. */
export interface ConnectHost {
  connectorId: string;
  /** The PostgreSQL Braid itself lives in, so that a connector recognises it and protects its roles. */
  own: OwnServer | null;
  notes: Notes;
  /** Absent: nothing is kept, and every look begins anew. */
  looks?: Looks;
  /** Keeps secrets that the system changed by itself, such as a credential it rotates with every use: sealed, for the next connection. */
  keepSecrets?(secrets: unknown): Promise<void>;
}

export interface OwnServer {
  /** null: the server does not tell. Then no other server is known to be another one. */
  systemIdentifier: string | null;
  roles: string[];
}

export interface Manifest<Config extends FollowConfig = FollowConfig, Secrets = unknown> {
  vendor: string;
  title: string;
  /** Among which systems it is offered. */
  family: Family;
  summary: string;
  /** What it can do; where that follows from the settings, the most it can. */
  capabilities: Capabilities;
  /** What a connection with these settings can do, where it is not the same for all of them. Methods follow this one. */
  capabilitiesOf?(config: Config): Capabilities;
  /** What may live on here after an identity's access was ended, for the dialog before the click. The probe looks for it after. */
  livesOn?(config: Config): LivesOn[];
  /** What can't be done with this identity although others of its system take it; absent, or null: it takes all of it. */
  limitsOf?(externalId: string): IdentityLimits | null;
  config: z.ZodType<Config>;
  secrets: z.ZodType<Secrets>;
  /** Fields of the connect form, in order. */
  form: FormField[];
  /** Sorts what the form holds (all texts, absent = '') into what is secret and what is not. Throws `input.invalid`. */
  split(values: Record<string, string>): { config: unknown; secrets: unknown };
  /** What the form shows of a stored config whose fields are not plain texts. */
  values?(config: Config): Record<string, string>;
  /** May secrets that were given for `before` be sent where `after` points? Absent: where both have one target. */
  sameTarget?(before: Config, after: Config): boolean;
  /** Formats of connectors/formats that its pulled log is written in; absent: its vendor's own. */
  logFormats?: string[];
  /** Whose tokens tell Braid to end what is found here, where it is an identity provider: logout, global revocation. */
  issuer?(config: Config): TrustedIssuer;
  /** Where it points, for people: never a secret. */
  target(config: Config): string;
}

/** An identity provider that may tell Braid to end sessions: its name, who its tokens are for, and how its keys are reached. */
export interface TrustedIssuer {
  issuer: string;
  /** Braid's client there. */
  audience: string;
  ownNetwork: boolean;
  ca?: string | undefined;
}

/** What an app was allowed, by whom: both as the log that told of it names them. */
export interface GivenConsent {
  app: string;
  grantor: string;
  scopes: string[];
}

/**
 * A connection to one system, as its callers see it. A method exists if and only if its capability is declared and not
 * `none`: declared.ts makes that a type for the one who writes it, contract-test.ts tries it for settings that narrow it. Methods throw `connector.unreachable` (tried again), `connector.refused` (a right is missing; says which),
 * `connector.limited` (`detail.retryAfterMs`) and `connector.protected`.
 */
export interface Connection {
  test(): Promise<Tested>;
  /** What the system calls itself, the same by whichever address, and no other system's; null, or absent: it does not tell. */
  system?(): Promise<string | null>;
  /** `known`: external ids seen before, so that one that can't log in any more is still reported. */
  discover?(known?: string[]): Promise<FoundIdentity[]>;
  /**
   * Would the last `discover` have told of this one, if it were there? Then one that it did not tell is gone. Absent: of every
   * one, where `discover` is native; of none, where it is derived.
   */
  lists?(externalId: string): boolean;
  /** What changed since `cursor`; null: from the beginning. A cursor the system no longer knows starts anew, `complete`. */
  discoverChanges?(cursor: string | null): Promise<IdentityChanges>;
  listSessions?(): Promise<NativeSession[]>;
  terminateSession?(session: NativeSession): Promise<Acted>;
  /** Can it log in at the moment? Asked before a block, so that restoring gives back only what was taken. */
  canEnter?(externalId: string): Promise<boolean>;
  /** Block re-issue: no new session of this identity from here on. Always before endSessions. */
  blockIdentity?(externalId: string): Promise<Acted>;
  endSessions?(externalId: string): Promise<Acted>;
  /**
   * Ends refresh and derived credentials, where the system has them: what a client gets anew with its own secret. What nobody
   * can give back is touched for `revoke` alone; after `pause` a restore gives back all there was.
   */
  endDerived?(externalId: string, ending: Ending): Promise<Acted>;
  pauseIdentity?(externalId: string): Promise<Acted>;
  restoreIdentity?(externalId: string): Promise<Acted>;
  /** After a block: is it gone for good? After a restore: `alive` says it may come back in. */
  probeIdentity?(externalId: string): Promise<Probed>;
  probeSession?(session: NativeSession): Promise<Probed>;
  /** What ending this identity here would hit beside it. Changes nothing. */
  predict?(externalId: string): Promise<Hit[]>;
  /** Opens a session with the credential held of the canary; null: the system refused it. Throws where it could not be tried. */
  enterAsCanary?(externalId: string): Promise<CanarySession | null>;
  /** The audit log from `cursor` on, at most `most` records; null: from now on. */
  pullEvents?(cursor: string | null, most: number): Promise<PulledEvents>;
  /**
   * Makes the identity's secret another one, and every other secret of it worthless: from here on only the new one opens a
   * session. What is open goes on; it is ended after. Tried again with the same rotation it leaves one secret that works, and
   * answers with that. Throws `connector.unsupported` for an identity that has no secret here to be changed.
   */
  rotateSecret?(externalId: string, rotation: Rotation): Promise<Rotated>;
  /**
   * After a rotation and the end of what was open, before anybody has the new secret: does anything live by the old one, or
   * may come in with it? Tries the new one where that leaves nothing behind.
   */
  probeRotated?(externalId: string, rotation: Rotation & { secret: Record<string, string> }): Promise<Probed>;
  /** Takes back what an app was allowed by somebody, as the log that told of it names both. */
  revokeConsent?(consent: GivenConsent): Promise<Acted>;
  /**
   * Does the system still list it, and what lives on by it that was issued until `since`? Changes nothing. Throws
   * `connector.protected` where it is of the app Braid itself connects as.
   */
  probeConsent?(consent: GivenConsent, since: Date): Promise<Probed>;
  close(): Promise<void>;
}

export interface ConnectorModule<Config extends FollowConfig = FollowConfig, Secrets = unknown> {
  manifest: Manifest<Config, Secrets>;
  connect(config: Config, secrets: Secrets, host: ConnectHost): Promise<Connection>;
}
