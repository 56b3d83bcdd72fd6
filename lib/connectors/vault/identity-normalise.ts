import { isAutomationName } from '@/lib/connectors/account-model';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { hashToken } from '@/lib/sessions/token-model';

type Identity = SessionEventInput['identity'];

/** Also as examples shorten it. */
const HMAC = /^hmac-sha\d{3}:[\w.]{1,128}$/;

/**
 * A token, lease or accessor as it is kept. An audit device writes a keyed digest; one with `log_raw` writes the secret
 * itself, which is hashed here and never goes on.
 */
export const digestOf = (value: unknown): string | null => {
  const text = textOf(value, 4096);
  if (!text) return null;
  return HMAC.test(text) ? text : hashToken(text);
};

/** Accessors name a token and are none; a raw one is kept as it stands unless it looks like a secret of its own. */
export const accessorOf = (value: unknown): string | null => textOf(value, 200);

const HUMAN = /^(?:oidc|userpass|ldap|okta|saml|radius|kerberos|github)(?:-|$)/;
const WORKLOAD = /^(?:kubernetes|aws|gcp|azure|cert|spiffe|cf|nomad|alicloud|oci)(?:-|$)/;
const PIPELINE = /^(?:jwt|ci|gitlab|actions|buildkite|circleci|jenkins)(?:[-_]|$)/;
const PIPELINE_CLAIM = ['project_path', 'pipeline_id', 'workflow', 'workflow_ref', 'job_workflow_ref', 'repository'];

function kindOf(display: string, metadata: Loose): Identity['kind'] {
  if (PIPELINE_CLAIM.some((claim) => metadata[claim] !== undefined)) return 'ci_pipeline';
  if (metadata.service_account_name !== undefined || metadata.spiffe_id !== undefined) return 'workload';
  if (HUMAN.test(display)) return isAutomationName(nameOf(display, metadata)) ? 'service_account' : 'human';
  if (WORKLOAD.test(display)) return 'workload';
  return PIPELINE.test(display) && !display.startsWith('jwt') ? 'ci_pipeline' : 'service_account';
}

/** What its owner calls it: the role or account behind the mount; else the display name without its mount. */
function nameOf(display: string, metadata: Loose): string {
  const account = textOf(metadata.service_account_name, 200);
  if (account) return `${textOf(metadata.service_account_namespace, 200) ?? 'default'}/${account}`;
  const said = ['username', 'role_name', 'email', 'common_name', 'role'].map((name) => textOf(metadata[name], 300));
  return said.find((name) => name !== null) ?? display.replace(/^token-/, '');
}

/**
 * Who a token stands for: its entity, else its display name within its namespace. null: the record names nobody (a dead
 * token, a login that failed).
 */
export function identityOf(auth: Loose, namespace: Loose): Identity | null {
  const entity = textOf(auth.entity_id, 200);
  const display = textOf(auth.display_name, 300);
  if (!entity && !display) return null;
  const metadata = objectOf(auth.metadata);
  const space = textOf(namespace.path, 200) ?? '';
  // A child token is called after what it was made for, its entity after whoever signed in.
  const child = entity && (!display || display.startsWith('token')) && Object.keys(metadata).length === 0;
  const about = {
    name: (child ? entity : nameOf(display ?? entity!, metadata)).slice(0, 512),
    kind: kindOf(display ?? '', metadata),
  };
  return entity
    ? { issuer: 'vault', type: 'entity', externalId: entity, ...about }
    : { issuer: 'vault', type: 'display_name', externalId: `${space}${display}`, ...about };
}

/** A token of which nothing is left but its digest: whoever held it. */
export const bearerOf = (token: string): Identity => ({
  issuer: 'vault',
  type: 'token',
  externalId: token,
  name: `token ${token.replace(/^[\w-]+:/, '').slice(0, 12)}`,
  kind: 'api_key',
});
