import { httpRequest } from '@/bench/lab/caller';

// What is asked, the same of everybody: one AuthZEN evaluation under four rules.

/** Three meters over two scopes, 24 h and 1 h windows, four rules. No limit is reached: every request pays for everything. */
export const POLICY = `set: bench
default: allow
meters:
  per_account: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
  per_identity: { sum: context.amount, unit: EUR, scale: 2, per: identity, over: 24h }
  calls: { count: true, per: identity, over: 1h }
rules:
  - id: account
    limit: { meter: per_account, max: 900000000 }
  - id: identity
    limit: { meter: per_identity, max: 900000000 }
  - id: calls
    limit: { meter: calls, max: 900000000 }
  - id: maintenance
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
`;

/** The same four questions for an engine without state: what it would have to know, the caller brings. */
export const CERBOS_POLICY = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  version: default
  resource: account
  rules:
    - name: account
      actions: ["payment.create"]
      effect: EFFECT_DENY
      roles: ["service"]
      condition: { match: { expr: "R.attr.amount > 900000000.0" } }
    - name: identity
      actions: ["payment.create"]
      effect: EFFECT_DENY
      roles: ["service"]
      condition: { match: { expr: "P.attr.spent + R.attr.amount > 900000000.0" } }
    - name: maintenance
      actions: ["payment.create"]
      effect: EFFECT_DENY
      roles: ["service"]
      condition: { match: { expr: "P.attr.tags.exists(t, t == \\"maintenance\\")" } }
    - name: calls
      actions: ["payment.create"]
      effect: EFFECT_ALLOW
      roles: ["service"]
      condition: { match: { expr: "P.attr.calls < 900000000.0" } }
`;

const SESSIONS = 5;

export const question = (n: number, identities: number) => ({
  subject: {
    type: 'service_account',
    id: `bench-${n % identities}`,
    properties: { 'cerbos.roles': ['service'], spent: 100, calls: 7, tags: [] },
  },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: `account-${n % identities}`, properties: { amount: 12.5 } },
  context: { amount: 12.5, braid: { session: { id: `s${Math.floor(n / identities) % SESSIONS}`, region: 'eu-west' } } },
});

/** Requests of `identities` identities with five sessions each. */
export const requests = (identities: number, token: string, keyed = false): string[] =>
  Array.from({ length: identities * SESSIONS }, (_, n) => httpRequest(question(n, identities), token, keyed));

/** One cell of the table: how many connections ask, over how many identities, of how many decision points. */
export interface Case {
  name: string;
  connections: number;
  identities: number;
  pdps: 1 | 2;
  keyed: boolean;
}

const plain = (connections: number, identities: number): Case => ({
  name: `${connections} × ${identities}`,
  connections,
  identities,
  pdps: 1,
  keyed: false,
});

export const CASES: Case[] = [
  plain(1, 100),
  plain(1, 1),
  plain(64, 100),
  plain(64, 1),
  plain(256, 100),
  plain(256, 1),
  { ...plain(64, 100), name: '64 × 100, idempotent', keyed: true },
  { ...plain(64, 100), name: '64 × 100, two processes', pdps: 2 },
  { ...plain(256, 100), name: '256 × 100, two processes', pdps: 2 },
];
