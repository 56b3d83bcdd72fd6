import type { CompiledSet, Question, SessionSeen } from '@/lib/policies/compiled-model';

/** A live session of which nothing is known but its name. */
export const plainSession = (id: string, more: Partial<SessionSeen> = {}): SessionSeen => ({
  id,
  identityId: 'i',
  label: id,
  source: 'pdp',
  observedBy: 'declared',
  kind: 'api',
  state: 'live',
  startedMs: 0,
  lastEventMs: 0,
  liveUntilMs: null,
  ended: false,
  network: null,
  region: null,
  device: null,
  runtime: null,
  agent: null,
  key: null,
  tags: [],
  task: null,
  scope: null,
  ...more,
});

/** A question of an active identity that says nothing special. */
export const plainQuestion = (sets: CompiledSet[], more: Partial<Question> = {}): Question => ({
  asked: { subject: { type: 't', id: 'x' }, action: { name: 'act' }, resource: { type: 'r', id: '1' }, context: {} },
  identity: {
    id: 'i',
    name: 'svc',
    kind: 'service_account',
    state: 'active',
    managed: true,
    protected: false,
    environment: null,
    owner: null,
    purpose: null,
    concurrencyLimit: null,
    workflows: [],
  },
  session: plainSession('a'),
  named: true,
  sessions: [plainSession('a')],
  truncated: false,
  workflowSessions: new Map(),
  credentialId: null,
  nowMs: 1_000_000,
  longest: 0,
  sets,
  ...more,
});
