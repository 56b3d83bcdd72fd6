import type { FoundIdentity } from '@/lib/connectors/model';
import { type Loose, listOf, numberOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';

// What GetAccountAuthorizationDetails and its like answer, read leniently. Policy documents are URL-encoded JSON there.

export interface AccessKey {
  id: string;
  active: boolean;
  createdAt: string | null;
}

export interface Principal {
  kind: 'user' | 'role';
  arn: string;
  name: string;
  path: string;
  tags: Record<string, string>;
  inline: { name: string; document: Loose }[];
  /** Of a role: who may assume it. */
  trust: Loose;
  lastUsedAt: string | null;
  maxSessionSecs: number;
  instanceProfiles: string[];
  groups: string[];
}

/** Names Braid gives what it puts into an account. The second is the one AWS’s own console uses. */
export const BLOCKED = 'BraidBlocked';
export const OLDER = 'AWSRevokeOlderSessions';
/**
 * What Braid’s statements are called: since when it is blocked, ms since the epoch, and, in a trust policy whose only statement
 * was written without a list, that it was.
 */
const SID = /^BraidBlocked(Alone)?(\d{1,16})$/;
const sidOf = (atMs: number, alone = false): string => `BraidBlocked${alone ? 'Alone' : ''}${Math.floor(atMs)}`;
export const KEYS_TAG = 'braid:blocked-keys';

const HOUR = 3600;

export function documentOf(value: unknown): Loose {
  if (typeof value !== 'string') return objectOf(value);
  for (const read of [() => decodeURIComponent(value), () => value]) {
    try {
      return objectOf(JSON.parse(read()));
    } catch {
      // Tried as it stands next.
    }
  }
  return {};
}

const when = (value: unknown): string | null => {
  const date = value instanceof Date ? value : null;
  return date && Number.isFinite(date.getTime()) ? date.toISOString() : null;
};

const tagsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    listOf(value).flatMap((one) => {
      const key = textOf(objectOf(one).Key, 128);
      return key ? [[key, textOf(objectOf(one).Value, 256) ?? '']] : [];
    }),
  );

const inlineOf = (value: unknown): Principal['inline'] =>
  listOf(value).flatMap((one) => {
    const name = textOf(objectOf(one).PolicyName, 200);
    return name ? [{ name, document: documentOf(objectOf(one).PolicyDocument) }] : [];
  });

/** null: the record names nobody. */
export function toPrincipal(kind: Principal['kind'], record: unknown): Principal | null {
  const about = objectOf(record);
  const arn = textOf(about.Arn, 600);
  const name = textOf(kind === 'user' ? about.UserName : about.RoleName, 200);
  if (!arn || !name) return null;
  return {
    kind,
    arn,
    name,
    path: textOf(about.Path, 600) ?? '/',
    tags: tagsOf(about.Tags),
    inline: inlineOf(kind === 'user' ? about.UserPolicyList : about.RolePolicyList),
    trust: documentOf(about.AssumeRolePolicyDocument),
    lastUsedAt: when(objectOf(about.RoleLastUsed).LastUsedDate),
    maxSessionSecs: numberOf(about.MaxSessionDuration) ?? HOUR,
    instanceProfiles: listOf(about.InstanceProfileList).flatMap(
      (one) => textOf(objectOf(one).InstanceProfileName, 200) ?? [],
    ),
    groups: listOf(about.GroupList).flatMap((one) => textOf(one, 200) ?? []),
  };
}

export function toAccessKey(record: unknown): AccessKey | null {
  const about = objectOf(record);
  const id = textOf(about.AccessKeyId, 200);
  return id ? { id, active: about.Status === 'Active', createdAt: when(about.CreateDate) } : null;
}

const each = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
export const statementsOf = (document: Loose): Loose[] => each(document.Statement).map(objectOf);

/** Is it blocked by Braid? */
export const isBlocked = (principal: Principal): boolean =>
  principal.inline.some((policy) => policy.name === BLOCKED) || isCut(principal.trust);

const mark = (statement: unknown) => SID.exec(textOf(objectOf(statement).Sid, 60) ?? '');

export const isCut = (trust: Loose): boolean => statementsOf(trust).some((one) => mark(one) !== null);

/** Since when Braid blocks it, ms since the epoch; null: it does not, or that can’t be read. */
export function blockedAt(principal: Principal): number | null {
  const put = principal.inline.find((policy) => policy.name === BLOCKED)?.document ?? {};
  const times = [...statementsOf(principal.trust), ...statementsOf(put)].flatMap(
    (one) => Number(mark(one)?.[2] ?? 0) || [],
  );
  return times.length ? Math.max(...times) : null;
}

/** The trust policy with a denial for everybody; `uncut` gives back exactly what was there. */
export function cut(trust: Loose, atMs: number): Loose {
  if (isCut(trust)) return trust;
  const denial = {
    Sid: sidOf(atMs, !Array.isArray(trust.Statement)),
    Effect: 'Deny',
    Principal: '*',
    Action: ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'],
  };
  return { ...trust, Statement: [...each(trust.Statement), denial] };
}

export function uncut(trust: Loose): Loose {
  const statements = each(trust.Statement);
  const left = statements.filter((one) => mark(one) === null);
  if (left.length === statements.length) return trust;
  const alone = statements.some((one) => mark(one)?.[1] !== undefined);
  return { ...trust, Statement: alone && left.length === 1 ? left[0] : left };
}

export const denyAll = (atMs: number) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: sidOf(atMs), Effect: 'Deny', Action: '*', Resource: '*' }],
});

/** Denies every session whose credentials were issued before `at`, ISO: what AWS’s console puts there. */
export const denyOlder = (at: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Deny', Action: ['*'], Resource: ['*'], Condition: { DateLessThan: { 'aws:TokenIssueTime': at } } },
  ],
});

/** Until when a session issued before the denial could have lived; null: no denial stands. */
export function deniedBefore(principal: Principal): string | null {
  const policy = principal.inline.find((one) => one.name === OLDER);
  const said = statementsOf(policy?.document ?? {}).map((one) =>
    textOf(objectOf(objectOf(one.Condition).DateLessThan)['aws:TokenIssueTime'], 40),
  );
  const at = said.find((one) => one !== null);
  return at && Number.isFinite(Date.parse(at)) ? new Date(at).toISOString() : null;
}

/** Who may assume a role, as its trust policy says: ARNs, account ids, services, identity providers. */
export function trusted(trust: Loose): string[] {
  const names = statementsOf(trust)
    .filter((one) => one.Effect === 'Allow')
    .flatMap((one) =>
      typeof one.Principal === 'string' ? [one.Principal] : Object.values(objectOf(one.Principal)).flat(),
    )
    .flatMap((one) => textOf(one, 600) ?? []);
  return [...new Set(names)];
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

/** May `arn` assume a role with this trust policy: named itself, or with its whole account? */
export const mayAssume = (arn: string, trust: Loose): 'named' | 'account' | null => {
  const names = trusted(trust);
  if (names.includes(arn)) return 'named';
  const account = accountOf(arn);
  return names.some((one) => one === '*' || one === account || one === `arn:aws:iam::${account}:root`)
    ? 'account'
    : null;
};

/** Made and kept by AWS itself: they can’t be changed from outside. */
export const isServiceLinked = ({ path }: Principal): boolean =>
  path.startsWith('/aws-service-role/') || path.startsWith('/aws-reserved/');

function kindOf(principal: Principal): FoundIdentity['kind'] {
  if (principal.kind === 'user') return 'service_account';
  const who = trusted(principal.trust);
  if (principal.path.startsWith('/aws-reserved/') || who.some((one) => one.includes(':saml-provider/'))) return 'human';
  if (who.some((one) => /token\.actions\.githubusercontent|gitlab|circleci|bitbucket|buildkite/.test(one)))
    return 'ci_pipeline';
  if (who.some((one) => one.endsWith('.amazonaws.com') || one.includes(':oidc-provider/'))) return 'workload';
  return 'service_account';
}

export function toIdentity(
  principal: Principal,
  keys: AccessKey[],
  about: { own: boolean; lastUsed: Record<string, string> },
): FoundIdentity {
  const { tags } = principal;
  const owner = tags.owner ?? tags.Owner;
  const purpose = tags.purpose ?? tags.Purpose;
  const used =
    keys
      .flatMap((key) => about.lastUsed[key.id] ?? [])
      .sort()
      .at(-1) ?? principal.lastUsedAt;
  const open = !isBlocked(principal) && (principal.kind === 'role' || keys.some((key) => key.active));
  return {
    externalId: principal.arn,
    name: principal.name,
    kind: kindOf(principal),
    protected: about.own || isServiceLinked(principal),
    enabled: open,
    ...(owner ? { owner: owner.slice(0, 200) } : {}),
    ...(purpose ? { purpose: purpose.slice(0, 300) } : {}),
    credentials: keys.map((key) => ({ externalId: key.id, kind: 'access_key', enabled: key.active })),
    attributes: saying({
      path: principal.path === '/' ? null : principal.path,
      trusts: principal.kind === 'role' ? trusted(principal.trust).join(', ').slice(0, 600) : null,
      instanceProfiles: principal.instanceProfiles.join(', ').slice(0, 300),
      lastUsedAt: used ?? null,
      activeKeys: principal.kind === 'user' ? keys.filter((key) => key.active).length : null,
      maxSessionSecs: principal.kind === 'role' ? principal.maxSessionSecs : null,
    }),
  };
}
