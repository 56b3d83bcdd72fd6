import { BOUND_FIELDS, type BoundField } from '@/lib/policies/bound-model';

type Each<T extends string> = Record<BoundField, T>;
const each = <T extends string>(type: T) => Object.fromEntries(BOUND_FIELDS.map((field) => [field, type])) as Each<T>;
const BOUND_TYPES = each('string');
const CHANGED_TYPES = each('bool');

/** As CEL calls an instant: what has another name compares with nothing. */
export const TIMESTAMP = 'google.protobuf.Timestamp';

/** The CEL types. A field that is absent is missing: reading it fails, `has()` asks. */
export const FACT_TYPES = {
  Identity: {
    id: 'string',
    name: 'string',
    kind: 'string',
    state: 'string',
    managed: 'bool',
    protected: 'bool',
    environment: 'string',
    owner: 'string',
    purpose: 'string',
    purpose_over: 'bool',
    concurrency_limit: 'int',
    visibility: 'int',
    revocation_lag_secs: 'int',
    risk: 'string',
  },
  Session: {
    id: 'string',
    identity_id: 'string',
    label: 'string',
    source: 'string',
    observed_by: 'string',
    kind: 'string',
    state: 'string',
    network: 'string',
    region: 'string',
    zones: 'list<string>',
    device: 'string',
    runtime: 'string',
    agent: 'string',
    key: 'string',
    tags: 'list<string>',
    task: 'string',
    scope: 'string',
    posture: 'string',
    asn: 'string',
    acr: 'string',
    trusted_at: TIMESTAMP,
    trust_age_secs: 'int',
    started_at: TIMESTAMP,
    age_secs: 'int',
    idle_secs: 'int',
    monitored: 'bool',
    state_age_secs: 'int',
    risk: 'string',
  },
  Subject: { type: 'string', id: 'string', properties: 'map<string, dyn>' },
  Resource: { type: 'string', id: 'string', properties: 'map<string, dyn>' },
  Action: { name: 'string', class: 'string', properties: 'map<string, dyn>' },
  Bound: { ...BOUND_TYPES },
  Changed: { ...CHANGED_TYPES, any: 'bool' },
  Credential: { id: 'string', risk: 'string' },
  Workflow: { id: 'string', name: 'string' },
  MeterValue: { key: 'string', settled: 'int', held: 'int', amount: 'int', total: 'int', asked: 'int' },
} as const;
export type FactType = keyof typeof FACT_TYPES;
