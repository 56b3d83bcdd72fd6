// What a session is bound to, and what assures who asks.

/** Everything a session can be bound to. */
export const BOUND_FIELDS = [
  'network',
  'asn',
  'region',
  'device',
  'runtime',
  'agent',
  'key',
  'posture',
  'scope',
  'task',
] as const;
export type BoundField = (typeof BOUND_FIELDS)[number];
export type Bound = Partial<Record<BoundField, string>>;

/** An assurance as it was given: how it is called (RFC 9470), and when, ms. */
export interface Assurance {
  acr: string;
  atMs: number;
}
