import { isAutomationName } from '@/lib/connectors/account-model';
import { extraOf } from '@/lib/connectors/kubernetes/read-normalise';
import { type Loose, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Identity = SessionEventInput['identity'];

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]{1,63}):([^:]{1,253})$/;

/** Who authenticated: `user.username`. One who acts as another (impersonation) is still who authenticated. null: nobody did. */
export function identityOf(user: Loose): Identity | null {
  const username = textOf(user.username, 512);
  if (!username || username === 'system:anonymous') return null;
  const account = SERVICE_ACCOUNT.exec(username);
  const [type, kind] = account
    ? (['serviceaccount', 'service_account'] as const)
    : username.startsWith('system:node:')
      ? (['node', 'workload'] as const)
      : username.startsWith('system:')
        ? (['component', 'workload'] as const)
        : (['user', isService(username) ? 'service_account' : 'human'] as const);
  return {
    issuer: 'kubernetes',
    type,
    externalId: username,
    name: account ? `${account[1]}/${account[2]}` : username.replace(/^system:(?:node:)?/, ''),
    kind,
  };
}

/** Names a cloud gives its own components and roles (`aksService`, `eks:node-manager`, a role's ARN), and automation's. */
const isService = (username: string): boolean =>
  /^(?:aks|eks:|gke|capi)|\.gserviceaccount\.com$|:assumed-role\/|^arn:aws:iam::\d+:role\//i.test(username) ||
  isAutomationName(username);

/**
 * The credential, by the id the API server logs for it (`JTI=…` of a token, `X509SHA256=…` of a certificate; from
 * Kubernetes 1.32 on by default).
 */
export function credentialOf(user: Loose): SessionEventInput['credential'] {
  const id = extraOf(user, 'authentication.kubernetes.io/credential-id', 300);
  if (!id) return null;
  return { externalId: id, kind: id.startsWith('X509') ? 'certificate' : 'token' };
}

/** Where its token was made for: the pod it is bound to, else the node. */
export function runtimeOf(user: Loose): string | null {
  const pod =
    extraOf(user, 'authentication.kubernetes.io/pod-uid', 100) ??
    extraOf(user, 'authentication.kubernetes.io/pod-name', 253);
  if (pod) return `pod ${pod}`.slice(0, 200);
  const node = extraOf(user, 'authentication.kubernetes.io/node-name', 180);
  return node ? `node ${node}` : null;
}
