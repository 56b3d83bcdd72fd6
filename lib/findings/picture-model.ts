import type { SessionEventInput } from '@/lib/sessions/model';

// What detectors over session events read: one identity for a stretch of time. Times are milliseconds since the epoch.

export type Told = Partial<
  Pick<
    SessionEventInput,
    | 'parent'
    | 'minted'
    | 'binding'
    | 'scope'
    | 'task'
    | 'run'
    | 'consent'
    | 'trustedAt'
    | 'acr'
    | 'expiresAt'
    | 'tags'
    | 'life'
    | 'ai'
  >
> & {
  /** It opened or closed its session; absent: neither. */
  phase?: 'open' | 'close';
};

export interface EventFact {
  id: string;
  at: number;
  source: string;
  sessionId: string | null;
  action: string;
  class: SessionEventInput['class'];
  outcome: 'success' | 'failure';
  network: string | null;
  region: string | null;
  agent: string | null;
  resource: string | null;
  /** External id of the credential it came with. */
  credential: string | null;
  attributes: Record<string, string | number | boolean | null>;
  told: Told;
}

export interface SessionSpan {
  id: string;
  label: string;
  source: string;
  kind: string;
  observedBy: string;
  /** What its source knows it by. */
  key: string;
  credential: string | null;
  credentialKind: string | null;
  network: string | null;
  agent: string | null;
  from: number;
  /** Its last event or its end. */
  until: number;
  ended: boolean;
  scope: string | null;
  task: string | null;
  consentUntil: number | null;
  dark: boolean;
  parentId: string | null;
}

/** What was done to a credential, session or identity of the picture's identity, by whomever. */
export interface LifeFact {
  of: 'credential' | 'identity' | 'session';
  what: 'created' | 'rotated' | 'disabled' | 'enabled' | 'deleted' | 'revoked' | 'expired' | 'privileged';
  externalId: string;
  at: number;
  eventId: string;
  byIdentityId: string;
  bySessionId: string | null;
}

/**
 * What one client did with one credential from one address within five minutes; opening and closing is not counted. Times in
 * ms. Told only of credentials that several addresses used.
 */
export interface Use {
  source: string;
  credential: string;
  credentialKind: string;
  network: string;
  agent: string | null;
  attributes: EventFact['attributes'];
  /** One of its actions. */
  action: string;
  events: number;
  reads: number;
  changes: number;
  first: number;
  last: number;
  /** Of its first event, and of its last. */
  eventIds: readonly string[];
  sessionIds: readonly string[];
}

/** What happened in one hour. */
export interface Hour {
  /** Its first millisecond. */
  at: number;
  events: number;
  reads: number;
  changes: number;
  exports: number;
  /** Handed to it by reads and exports whose source tells how much. */
  bytes: number;
  /** Of its busiest minute. */
  busiest: number;
}

export interface Place {
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  asn: number | null;
  /** Whose network it is. */
  org: string | null;
  /** The trusted zone it is in; null: in none of those there are; absent: there are no zones. */
  zone?: string | null;
}

export type Locate = (address: string) => Place | null;

export interface PictureIdentity {
  id: string;
  name: string;
  kind: string;
  /** Names systems know it by. */
  names: readonly { issuer: string; type: string; externalId: string }[];
}

export interface Picture {
  identity: PictureIdentity;
  /** What is judged: [from, to]. Events before it are there for what they began. */
  from: number;
  to: number;
  /** Those with events in the picture and those that live in it. */
  sessions: ReadonlyMap<string, SessionSpan>;
  /** In order of time. Of a busy session at least those at which something changes. */
  events: readonly EventFact[];
  lives: readonly LifeFact[];
  uses: readonly Use[];
  hours: readonly Hour[];
  /** When sessions began in it, ms; also those that are not among `sessions`. */
  began: readonly number[];
  /** How many sessions lived at once, as steps. */
  steps: readonly { at: number; count: number }[];
  /** What was usual before `from`. null: nothing is learned yet, and nothing is strange. */
  envelope: Envelope | null;
  locate: Locate;
}

/** What an identity usually does. Bounded: the rarest names go first. */
export interface Envelope {
  /** Days since the epoch on which it did something; at most 60, newest last. */
  days: number[];
  events: number;
  sessions: number;
  /** Most at once on each of the last days it lived: [day, count]; at most 30. */
  peaks: [number, number][];
  /** Name → how often. */
  networks: Record<string, number>;
  countries: Record<string, number>;
  /** By autonomous system, `AS16509`; absent in what was learned before they were. */
  operators?: Record<string, number>;
  agents: Record<string, number>;
  actions: Record<string, number>;
  /** Kinds of sensitive actions it ever did, also those whose names were dropped; absent: not all are known. */
  kinds?: string[];
  /** Events by hour of the day, UTC. */
  hours: number[];
  /** Most in one hour, and in one minute. */
  mostReads: number;
  mostExports: number;
  /** Most bytes handed to it in one hour, on how many days any were, and the last of them; absent: no source told. */
  bytes?: { most: number; days: number; lastDay: number };
  mostEvents: number;
  busiestMinute: number;
  /** Newest event learned, ms. */
  until: number;
  /** End of the last hour learned, ms: hours are learned once, when they are over. */
  hoursUntil: number;
}
