import { isAutomationName } from '@/lib/connectors/account-model';
import { type Loose, listOf, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Identity = SessionEventInput['identity'];

/** Google's own agents: they act for a service, never for somebody who signed in. */
const GOOGLES =
  /@(?:cloudservices|system|cloudbuild|[\w-]*gcp-sa-[\w-]+\.iam|[\w-]+\.google\.com\.iam|compute-system\.iam|container-engine-robot\.iam|containerregistry\.iam|serverless-robot-prod\.iam|gae-api-prod\.google\.com\.iam|dataflow-service-producer-prod\.iam|cloud-filer\.iam|service-networking\.iam|sourcerepo-service-accounts\.iam|cloud-redis\.iam|gcf-admin-robot\.iam|bigquery-data-connectors\.iam)\.gserviceaccount\.com$/i;

/** Whether an account is one of Google's service agents, which call in the course of somebody else's work. */
export const isServiceAgent = (email: string | null): boolean => email !== null && GOOGLES.test(email);

/**
 * Who did it: `principalEmail`, else `principalSubject` (workload and workforce identities have no e-mail). A service
 * account is one, its default compute and App Engine likes too; a federated subject is a workload, or a pipeline by its pool.
 * null: nobody is named, as where Google withholds who an outside caller was.
 */
export function identityOf(auth: Loose): Identity | null {
  const email = textOf(auth.principalEmail, 512)?.toLowerCase() ?? null;
  const subject = textOf(auth.principalSubject, 1024);
  const bare = subject?.replace(/^(?:serviceAccount|user):/, '') ?? null;
  const account = email ?? (bare && /^[^/\s]+@[^/\s]+$/.test(bare) ? bare.toLowerCase() : null);
  if (account) {
    const service = /\.gserviceaccount\.com$/.test(account);
    const kind = isServiceAgent(account)
      ? 'workload'
      : service || isAutomationName(account)
        ? 'service_account'
        : kindOfUser(account);
    return { issuer: 'google', type: service ? 'serviceAccount' : 'user', externalId: account, name: account, kind };
  }
  if (!bare) return null;
  const pipeline = /github|gitlab|circleci|bitbucket|terraform-cloud|\/subject\/repo:/i.test(bare);
  const workforce = /workforcePools\//.test(bare);
  return {
    issuer: 'google',
    type: 'federated',
    externalId: bare,
    name: (/\/subject\/(.+)$/.exec(bare)?.[1] ?? /\.svc\.id\.goog\[(.+)\]$/.exec(bare)?.[1] ?? bare).slice(0, 512),
    kind: workforce ? 'human' : pipeline ? 'ci_pipeline' : 'workload',
  };
}

/** GKE's API server names its callers as Kubernetes does. */
const kindOfUser = (account: string): Identity['kind'] => (account.startsWith('system:') ? 'workload' : 'human');

/** Who stands behind a service account: who began, then those it was impersonated through, the nearest last. */
export function chainOf(auth: Loose): string[] {
  const chain: string[] = [];
  for (const one of listOf(auth.serviceAccountDelegationInfo, 8)) {
    const link = objectOf(one);
    const first = objectOf(link.firstPartyPrincipal);
    const who =
      textOf(first.principalEmail, 400) ??
      textOf(link.principalEmail, 400) ??
      textOf(link.principalSubject, 400) ??
      textOf(objectOf(objectOf(link.thirdPartyPrincipal).thirdPartyClaims).sub, 400);
    if (who) chain.push(who.toLowerCase().replace(/^(?:serviceaccount|user):/, ''));
  }
  return chain;
}

/** `//iam.googleapis.com/projects/p/serviceAccounts/a/keys/<id>` → `key:<id>`, however the service account is named in it. */
export function keyOf(name: unknown): string | null {
  const id = /\/keys\/([0-9a-f]{20,64})$/i.exec(textOf(name, 1024) ?? '')?.[1];
  return id ? `key:${id.toLowerCase()}` : null;
}

/** The service account in a resource's name. */
export const accountIn = (name: unknown): string | null =>
  /serviceAccounts\/([^/\s]+)/.exec(textOf(name, 1024) ?? '')?.[1]?.toLowerCase() ?? null;
