import { actionClass } from '@/lib/policies/action-class-evaluate';
import { Fact, type IdentitySeen, type SessionSeen } from '@/lib/policies/compiled-model';
import type { FACT_TYPES, FactType } from '@/lib/policies/fact-types-model';

// What CEL sees as messages. It tells a value's type by its constructor, so there is one class a type. Fields of sessions
// and identities are read when an expression asks for them: most ask for one or two of twenty.

type SessionField = keyof typeof FACT_TYPES.Session;
type IdentityField = keyof typeof FACT_TYPES.Identity;

const NO_ZONES: readonly string[] = [];

const secsSince = (ms: number, nowMs: number): bigint => BigInt(Math.max(0, Math.floor((nowMs - ms) / 1000)));

/** Each field of a session under its CEL name. */
const SESSION_FIELDS: Record<SessionField, (session: SessionSeen, nowMs: number) => unknown> = {
  id: (session) => session.id,
  identity_id: (session) => session.identityId,
  label: (session) => session.label,
  source: (session) => session.source,
  observed_by: (session) => session.observedBy,
  kind: (session) => session.kind,
  state: (session) => session.state,
  network: (session) => session.network,
  region: (session) => session.region,
  zones: (session) => session.zones ?? NO_ZONES,
  device: (session) => session.device,
  runtime: (session) => session.runtime,
  agent: (session) => session.agent,
  key: (session) => session.key,
  tags: (session) => session.tags,
  task: (session) => session.task,
  scope: (session) => session.scope,
  posture: (session) => session.posture,
  asn: (session) => session.asn,
  acr: (session) => session.acr,
  trusted_at: ({ trustedMs }) => (trustedMs === null || trustedMs === undefined ? null : new Date(trustedMs)),
  trust_age_secs: (session, nowMs) => secsSince(session.trustedMs ?? session.startedMs, nowMs),
  started_at: (session) => new Date(session.startedMs),
  age_secs: (session, nowMs) => secsSince(session.startedMs, nowMs),
  idle_secs: (session, nowMs) => secsSince(session.lastEventMs, nowMs),
  monitored: ({ told }) => told !== false,
  risk: (session) => session.risk,
  state_age_secs: (session, nowMs) => secsSince(session.validatedMs ?? session.lastEventMs, nowMs),
};

const IDENTITY_FIELDS: Record<IdentityField, (identity: IdentitySeen) => unknown> = {
  id: (identity) => identity.id,
  name: (identity) => identity.name,
  kind: (identity) => identity.kind,
  state: (identity) => identity.state,
  managed: (identity) => identity.managed,
  protected: (identity) => identity.protected,
  environment: (identity) => identity.environment,
  owner: (identity) => identity.owner,
  purpose: (identity) => identity.purpose,
  purpose_over: ({ purposeOver }) => purposeOver ?? false,
  risk: (identity) => identity.risk,
  visibility: ({ visibility }) => (visibility === null || visibility === undefined ? null : BigInt(visibility)),
  revocation_lag_secs: ({ revocationLagSecs: secs }) => (secs === null || secs === undefined ? null : BigInt(secs)),
  concurrency_limit: ({ concurrencyLimit }) => (concurrencyLimit === null ? null : BigInt(concurrencyLimit)),
};

/** What is not known is missing: reading it then fails, and a rule that needs it denies. */
const known = (value: unknown): unknown => (value === null || value === '' ? undefined : value);

class Plain extends Fact {
  constructor(fields: object) {
    super();
    for (const [name, value] of Object.entries(fields))
      if (known(value) !== undefined) (this as Record<string, unknown>)[name] = value;
  }
}

class Entity extends Fact {
  constructor(
    readonly type: string,
    readonly id: string,
    readonly properties: Record<string, unknown>,
  ) {
    super();
  }
}

export const FACTS = {
  Identity: class extends Fact {
    constructor(readonly seen: IdentitySeen) {
      super();
    }
  },
  Session: class extends Fact {
    constructor(
      readonly seen: SessionSeen,
      readonly nowMs: number,
    ) {
      super();
    }
  },
  Subject: class extends Entity {},
  Resource: class extends Entity {},
  Action: class extends Fact {
    readonly class: string;
    constructor(
      readonly name: string,
      readonly properties: Record<string, unknown>,
    ) {
      super();
      this.class = actionClass(name);
    }
  },
  Bound: class extends Plain {},
  Changed: class extends Plain {},
  Credential: class extends Plain {},
  Workflow: class extends Plain {},
  MeterValue: class extends Plain {},
  Meters: class extends Plain {},
} satisfies Record<FactType | 'Meters', unknown>;

for (const [name, read] of Object.entries(SESSION_FIELDS)) {
  Object.defineProperty(FACTS.Session.prototype, name, {
    get(this: { seen: SessionSeen; nowMs: number }) {
      return known(read(this.seen, this.nowMs));
    },
  });
}
for (const [name, read] of Object.entries(IDENTITY_FIELDS)) {
  Object.defineProperty(FACTS.Identity.prototype, name, {
    get(this: { seen: IdentitySeen }) {
      return known(read(this.seen));
    },
  });
}
