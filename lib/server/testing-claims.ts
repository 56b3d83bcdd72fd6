// For tests only: one set with every kind of control that splitting over sessions is meant to evade.

export const CLAIMS = `set: claims
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource, over: 24h, on: action.name == "pay" }
  calls: { count: true, per: identity, over: 1h, on: action.name == "api.call" }
  open_approvals: { pending: approval.request, per: identity, hold: 30m }
  job: { lease: true, per: credential, hold: 10m, on: action.name == "job.run" }
  spend: { sum: context.cost, unit: USD, per: identity, settle: explicit, hold: 15m, on: action.name == "tool.use" }
  fan_out: { sum: context.amount, unit: EUR, per: workflow, over: 24h, on: action.name == "transfer" }
  hosts: { distinct: resource, per: identity, over: 1h, on: action.name == "scan" }
  burst: { count: true, per: identity, over: 1s, on: action.name == "burst" }
  repeats: { count: true, per: [identity, resource], over: 1m, on: action.name == "delete" }
rules:
  - { id: cap, limit: { meter: paid, max: 10000 } }
  - { id: rate, limit: { meter: calls, max: 10 } }
  - { id: approvals, limit: { meter: open_approvals, max: 2 } }
  - { id: single-job, limit: { meter: job, max: 1 } }
  - { id: budget, limit: { meter: spend, max: 100 } }
  - { id: workflow-cap, limit: { meter: fan_out, max: 900 } }
  - { id: breadth, limit: { meter: hosts, max: 5 } }
  - { id: burst, limit: { meter: burst, max: 4 } }
  - { id: repetition, limit: { meter: repeats, max: 2, verdict: pause } }
  - id: approval-beside-maintenance
    on: action.name == "approval.ask"
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
    acr_values: [phishing-resistant]
  - id: two-places
    on: action.name == "admin.read"
    deny: sessions.exists(s, has(s.region) && has(session.region) && s.region != session.region && s.idle_secs < 3600)
  - id: moved
    on: action.name == "admin.write"
    step_up: changed.network
    acr_values: [phishing-resistant]
  - id: posture
    on: action.name == "admin.write"
    step_up: changed.posture
    acr_values: [phishing-resistant]
  - id: scope
    on: action.name == "admin.write"
    step_up: changed.scope
    acr_values: [phishing-resistant]
  - id: workload
    on: action.name == "token.use"
    deny: changed.region || changed.device || changed.runtime
    obligations: [session_termination]
`;
