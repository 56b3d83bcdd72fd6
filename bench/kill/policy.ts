// What the callers of the kill test are limited by. Every limit is reached many times over.

export const LIMITS = {
  /** Whole euros per account, counted at once. */
  paid: 400,
  /** Pings per identity in any 10 s. */
  pings: 40,
  /** Cents per identity, held and settled by the caller. */
  budget: 20_000,
} as const;

export const PING_SECONDS = 10;
export const HOLD_SECONDS = 4;
export const LEASE_SECONDS = 3;

export const POLICY = `set: endurance
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 0, per: resource.id, over: 24h, on: action.name == "pay" }
  paid_by: { sum: context.amount, unit: EUR, scale: 0, per: identity, over: 1h, on: action.name == "pay" }
  pings: { count: true, per: identity, over: ${PING_SECONDS}s, on: action.name == "ping" }
  budget: { sum: context.cost, unit: USD, scale: 2, per: identity, over: 24h, settle: explicit, hold: ${HOLD_SECONDS}s, on: action.name == "tool.call" }
  job: { lease: true, per: resource.id, hold: ${LEASE_SECONDS}s, on: action.name == "job.start" }
rules:
  - id: account
    limit: { meter: paid, max: ${LIMITS.paid} }
  - id: identity
    limit: { meter: paid_by, max: 900000000 }
  - id: rate
    limit: { meter: pings, max: ${LIMITS.pings} }
  - id: spend
    limit: { meter: budget, max: ${LIMITS.budget / 100} }
  - id: single-job
    limit: { meter: job, max: 1 }
`;
