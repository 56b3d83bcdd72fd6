/** Which lists a hint's topic makes stale, by the beginning of their path under /api/v1. `/summary` goes with all that it counts. */
const PATHS: Record<string, readonly string[]> = {
  identity: ['/identities', '/sessions', '/summary', '/overview', '/workflows'],
  session: ['/sessions', '/runs', '/identities', '/workflows', '/summary', '/overview'],
  decision: ['/decisions', '/identities', '/exposures', '/overview'],
  exposure: ['/exposures', '/holds', '/decisions', '/identities', '/workflows', '/overview'],
  finding: ['/findings', '/identities', '/summary', '/overview'],
  revocation: ['/revocations', '/identities', '/sessions', '/summary', '/overview'],
  connector: ['/connectors', '/inbox', '/event-batches', '/summary', '/overview'],
  import: ['/imports', '/inbox', '/connectors', '/identities', '/sessions', '/runs', '/summary'],
  allotment: ['/allotments', '/reports'],
  approval: ['/approvals', '/summary'],
  policy: ['/policies', '/exemptions', '/backtests'],
  notification: ['/notifications', '/summary'],
  coverage: ['/reports', '/coverage', '/identities', '/overview'],
  audit: ['/audit'],
  operator: ['/operators', '/audit', '/grants'],
  grant: ['/grants', '/audit', '/summary'],
  token: ['/tokens', '/audit'],
};

/** Is this path one that a change of the topic may have changed? `*` = everything. */
export const concerns = (topic: string, path: string): boolean =>
  topic === '*' || (PATHS[topic] ?? [`/${topic}s`]).some((prefix) => path.startsWith(prefix));
