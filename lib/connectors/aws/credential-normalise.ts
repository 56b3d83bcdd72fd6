import { isMaster } from '@/lib/connectors/aws/policy-normalise';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

type Life = NonNullable<SessionEventInput['life']>;

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** `Jul 10, 2023, 12:09:47 PM`, as CloudTrail writes when credentials end, or ISO 8601. UTC. */
export function expiryOf(value: unknown): string | null {
  const text = textOf(value, 64);
  if (!text) return null;
  const match = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d{2}):(\d{2})\s?(AM|PM)$/.exec(text);
  if (!match) return readInstant(text);
  const [, month, day, year, hour, minute, second, half] = match as unknown as [string, ...string[]];
  const number = MONTHS.indexOf(month!) / 3 + 1;
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  const two = (part: number | string) => String(part).padStart(2, '0');
  return readInstant(`${year}-${two(number)}-${two(day!)}T${two(hours)}:${minute}:${second}Z`);
}

/** Temporary credentials this call handed out. Of the answer only their id and end are read, never the secret parts. */
export function mintedOf(event: Loose, action: string): SessionEventInput['minted'] {
  const credentials = objectOf(objectOf(event.responseElements).credentials);
  const externalId = textOf(credentials.accessKeyId, 128);
  if (!externalId) return undefined;
  const expiresAt = expiryOf(credentials.expiration);
  const how = /^GetSessionToken/.test(action)
    ? 'refresh'
    : /^GetFederationToken/.test(action)
      ? 'delegation'
      : 'role_chain';
  return [{ externalId, kind: 'token', how, ...(expiresAt ? { expiresAt } : {}) }];
}

/** Policies that make whoever has them master of the account. */
const MASTER = /:policy\/(?:AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;

/** What a successful call of IAM says of the life of a key, user or role. */
export function lifeOf(event: Loose, user: Loose, action: string): Life | undefined {
  if (!/^iam\./.test(textOf(event.eventSource, 70) ?? '')) return undefined;
  const asked = objectOf(event.requestParameters);
  const answered = objectOf(event.responseElements);
  const whose = identityAt(asked, user);
  if (action === 'CreateAccessKey') {
    const key = textOf(objectOf(answered.accessKey).accessKeyId, 128);
    return key ? { of: 'credential', what: 'created', externalId: key, ...whose } : undefined;
  }
  if (action === 'UpdateAccessKey' || action === 'DeleteAccessKey') {
    const key = textOf(asked.accessKeyId, 128);
    const what = action === 'DeleteAccessKey' ? 'deleted' : asked.status === 'Active' ? 'enabled' : 'disabled';
    // The key alone says whose it is: of the user's ARN the call tells the name, and not the path.
    return key ? { of: 'credential', what, externalId: key } : undefined;
  }
  const identity = whose.identity;
  const externalId = identity?.externalId ?? textOf(user.arn, 600);
  if (!externalId) return undefined;
  if (/^(?:UpdateLoginProfile|DeleteLoginProfile|CreateLoginProfile|ChangePassword)$/.test(action)) {
    const what = action === 'DeleteLoginProfile' ? 'deleted' : action === 'CreateLoginProfile' ? 'created' : 'rotated';
    return { of: 'credential', what, externalId: `password:${externalId}`.slice(0, 512), ...whose };
  }
  const named = identity ?? selfAt(asked, user);
  if (!named) return undefined;
  const life = { of: 'identity' as const, externalId: named.externalId, identity: named };
  if (/^Delete(?:User|Role)$/.test(action)) return { ...life, what: 'deleted' };
  if (/^Create(?:User|Role)$/.test(action)) return { ...life, what: 'created' };
  // The console's "revoke active sessions" writes this policy.
  if (action === 'PutRolePolicy' && asked.policyName === 'AWSRevokeOlderSessions') {
    return { ...life, what: 'revoked' };
  }
  return isRaised(asked, action, identity === undefined) ? { ...life, what: 'privileged' } : undefined;
}

/** Made master of the account; or, by itself, put into a group, whatever that group may do. */
function isRaised(asked: Loose, action: string, self: boolean): boolean {
  if (/^Attach(?:User|Role)Policy$/.test(action)) return MASTER.test(textOf(asked.policyArn, 300) ?? '');
  if (/^Put(?:User|Role)Policy$/.test(action)) return isMaster(asked.policyDocument);
  return action === 'AddUserToGroup' && self;
}

/** The user or role a call names, as the ARN its own events carry (with its path, where the call tells it). */
function identityAt(asked: Loose, user: Loose): Pick<Life, 'identity'> {
  const name = textOf(asked.userName, 128) ?? textOf(asked.roleName, 128);
  const own = textOf(user.arn, 600);
  if (!name || selfAt(asked, user)) return {};
  const account = textOf(user.accountId, 20);
  if (!account) return {};
  const partition = own?.split(':')[1] ?? 'aws';
  const given = textOf(asked.path, 512) ?? '';
  const path = /^\/(?:[\w+=,.@-]+\/)*$/.test(given) ? given : '/';
  const role = textOf(asked.roleName, 128) !== null;
  const externalId = `arn:${partition}:iam::${account}:${role ? 'role' : 'user'}${path}${name}`;
  return { identity: { issuer: 'aws', type: role ? 'AssumedRole' : 'IAMUser', externalId } };
}

/** Whoever calls, where the call names it itself: by the ARN its own events carry, which has the path the call does not tell. */
function selfAt(asked: Loose, user: Loose): Life['identity'] {
  const role = user.type === 'AssumedRole';
  const arn = textOf(role ? objectOf(objectOf(user.sessionContext).sessionIssuer).arn : user.arn, 600);
  const name = textOf(role ? asked.roleName : asked.userName, 128);
  if (!name || !arn?.includes(role ? ':role/' : ':user/') || !arn.endsWith(`/${name}`)) return undefined;
  return { issuer: 'aws', type: role ? 'AssumedRole' : 'IAMUser', externalId: arn };
}
