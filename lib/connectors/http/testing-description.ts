// For suites: a description of the service of testing-service.ts, with everything a description can have.
export const whole = (base: string) => `name: Service
base: ${base}
auth: { bearer: true }
identities:
  request: GET /accounts
  items: data
  next: { cursor: page.next, query: after }
  id: id
  name: login
  enabled: { path: disabled, equals: false }
sessions:
  request: GET /sessions
  items: data
  next: { cursor: page.next, query: after }
  key: id
  identity: account
  started: created
  keep: { version: version }
terminate:
  request: POST /sessions/{session.key}/cancel
  body: { version: "{session.version}" }
  already: [404]
state:
  request: GET /accounts/{identity.id}
  enabled: { path: account.disabled, equals: false }
block:
  request: PATCH /accounts/{identity.id}
  body: { disabled: true }
restore:
  request: PATCH /accounts/{identity.id}
  body: { disabled: false }
protected: [admin]
`;
