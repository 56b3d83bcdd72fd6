import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Identity = SessionEventInput['identity'];

const EXTERNAL_MOST = 600;

const nameOf = (arn: string): string => arn.split(':').at(-1)!.split('/').at(-1) || arn;

function kindOf(type: string, arn: string, session: string): Identity['kind'] {
  if (type === 'Root' || type === 'IdentityCenterUser' || type === 'SAMLUser' || type === 'FederatedUser')
    return 'human';
  if (arn.includes('/AWSReservedSSO_')) return 'human';
  if (/^(?:GitHubActions|gitlab|CircleCI|bitbucket|buildkite|jenkins)/i.test(session)) return 'ci_pipeline';
  if (type === 'WebIdentityUser') return /^repo:|^project_path:/.test(session) ? 'ci_pipeline' : 'workload';
  if (type === 'AWSService' || arn.includes('/AWSServiceRoleFor') || arn.includes('/aws-service-role/'))
    return 'workload';
  if (/^i-[0-9a-f]{8,17}$/.test(session)) return 'workload';
  return 'service_account';
}

/**
 * Who did it: the role behind an assumed session, else the ARN, else type:account:name; a service is `service:` and its
 * name. `userIdentity` may hold no more than an account and `invokedBy`. null: it names nobody.
 */
export function identityOf(user: Loose): Identity | null {
  const type = textOf(user.type, 100) ?? '';
  const issuer = objectOf(objectOf(user.sessionContext).sessionIssuer);
  const arn = textOf(user.arn, EXTERNAL_MOST);
  const invokedBy = textOf(user.invokedBy, 200);
  const role = type === 'AssumedRole' ? textOf(issuer.arn, EXTERNAL_MOST) : null;
  const externalId = role ?? (type === 'AWSService' && invokedBy ? `service:${invokedBy}` : arn);
  if (externalId) {
    const session = type === 'AssumedRole' && arn ? nameOf(arn) : '';
    return {
      issuer: 'aws',
      type: type || 'arn',
      externalId,
      name: (role && textOf(issuer.userName, 512)) || nameOf(externalId.replace(/^service:/, 'service/')),
      kind: kindOf(type, externalId, session),
    };
  }
  const account = textOf(user.accountId, 64);
  const name = textOf(user.userName, 300);
  if (!name && invokedBy) {
    return { issuer: 'aws', type: 'AWSService', externalId: `service:${invokedBy}`, name: invokedBy, kind: 'workload' };
  }
  const known = name ?? textOf(user.principalId, 300);
  if (!known && !account) return null;
  return {
    issuer: 'aws',
    type: type || 'account',
    externalId: `${type || 'account'}:${account ?? ''}:${known ?? ''}`,
    name: known ?? `account ${account}`,
    kind: kindOf(type, '', known ?? ''),
  };
}
