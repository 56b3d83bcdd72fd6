const NAMES: Record<string, string> = {
  aws: 'AWS',
  entra: 'Microsoft Entra',
  github: 'GitHub',
  google: 'Google Cloud',
  http: 'HTTP',
  keycloak: 'Keycloak',
  kubernetes: 'Kubernetes',
  microsoft365: 'Microsoft 365',
  mysql: 'MySQL',
  ocsf: 'OCSF',
  oidc: 'OpenID',
  okta: 'Okta',
  otel: 'OpenTelemetry',
  pdp: 'Decision API',
  pgbouncer: 'PgBouncer',
  postgres: 'PostgreSQL',
  rabbitmq: 'RabbitMQ',
  redis: 'Redis',
  simulator: 'Simulator',
  teleport: 'Teleport',
  vault: 'Vault',
};

/** Vendor words a session can come from, for filters. */
export const SOURCES = Object.keys(NAMES);

/** A vendor word as people write it. */
export const systemName = (word: string): string => NAMES[word] ?? word;
