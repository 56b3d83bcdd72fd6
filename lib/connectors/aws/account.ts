import { type AccessKey, type Principal, toAccessKey, toPrincipal } from '@/lib/connectors/aws/account-normalise';
import type { Client } from '@/lib/connectors/aws/client';
import { clock } from '@/lib/platform/clock';

/** How long what was read is taken as it was, ms. What Braid changes itself is read anew. */
const DETAILS_MS = 60_000;
const KEYS_MS = 300_000;
const LAST_USED_MS = 3_600_000;

/** Users and roles of the account, as IAM describes them. */
export interface Account {
  principals(): Promise<Principal[]>;
  /** Read now. */
  principal(arn: string): Promise<Principal | null>;
  keys(user: string, now?: boolean): Promise<AccessKey[]>;
  lastUsed(key: string): Promise<string | null>;
  /** What was remembered of everybody is read anew next time. */
  forget(): void;
}

export const nameOf = (arn: string): string => arn.split('/').at(-1) ?? arn;
export const kindOf = (arn: string): Principal['kind'] | null =>
  /^arn:[\w-]+:iam::\d*:user\//.test(arn) ? 'user' : /^arn:[\w-]+:iam::\d*:role\//.test(arn) ? 'role' : null;

export function accountOf(client: Client): Account {
  const { iam, iamSdk, ask } = client;
  let all: { read: Promise<Principal[]>; at: number } | null = null;
  const keys = new Map<string, { keys: AccessKey[]; at: number }>();
  const used = new Map<string, { when: string | null; at: number }>();

  const readAll = async (): Promise<Principal[]> => {
    const found: Principal[] = [];
    let marker: string | undefined;
    do {
      const page = await ask('GetAccountAuthorizationDetails', () =>
        iam.send(
          new iamSdk.GetAccountAuthorizationDetailsCommand({ Filter: ['User', 'Role'], Marker: marker, MaxItems: 500 }),
        ),
      );
      for (const [kind, list] of [
        ['user', page?.UserDetailList],
        ['role', page?.RoleDetailList],
      ] as const)
        for (const one of list ?? []) found.push(...[toPrincipal(kind, one) ?? []].flat());
      marker = page?.IsTruncated ? page.Marker : undefined;
    } while (marker);
    return found;
  };

  const policyOf = async (kind: Principal['kind'], name: string, policy: string) =>
    ask(`Get${kind === 'user' ? 'User' : 'Role'}Policy`, async () =>
      kind === 'user'
        ? iam.send(new iamSdk.GetUserPolicyCommand({ UserName: name, PolicyName: policy }))
        : iam.send(new iamSdk.GetRolePolicyCommand({ RoleName: name, PolicyName: policy })),
    );

  return {
    async principals() {
      if (!all || clock.ms() - all.at >= DETAILS_MS) {
        const asked = { read: readAll(), at: clock.ms() };
        all = asked;
        asked.read.catch(() => {
          if (all === asked) all = null;
        });
      }
      return all.read;
    },
    async principal(arn) {
      const [kind, name] = [kindOf(arn), nameOf(arn)];
      if (!kind) return null;
      const detail =
        kind === 'user'
          ? (await ask('GetUser', () => iam.send(new iamSdk.GetUserCommand({ UserName: name }))))?.User
          : (await ask('GetRole', () => iam.send(new iamSdk.GetRoleCommand({ RoleName: name }))))?.Role;
      if (!detail || detail.Arn !== arn) return null;
      const listed = await ask('ListPolicies', () =>
        kind === 'user'
          ? iam.send(new iamSdk.ListUserPoliciesCommand({ UserName: name }))
          : iam.send(new iamSdk.ListRolePoliciesCommand({ RoleName: name })),
      );
      const inline = await Promise.all((listed?.PolicyNames ?? []).map((policy) => policyOf(kind, name, policy)));
      const list = inline.filter((one) => one !== null);
      return toPrincipal(kind, { ...detail, UserPolicyList: list, RolePolicyList: list });
    },
    async keys(user, now = false) {
      const seen = keys.get(user);
      if (!now && seen && clock.ms() - seen.at < KEYS_MS) return seen.keys;
      const page = await ask('ListAccessKeys', () => iam.send(new iamSdk.ListAccessKeysCommand({ UserName: user })));
      const read = (page?.AccessKeyMetadata ?? []).flatMap((one) => toAccessKey(one) ?? []);
      keys.set(user, { keys: read, at: clock.ms() });
      return read;
    },
    async lastUsed(key) {
      const seen = used.get(key);
      if (seen && clock.ms() - seen.at < LAST_USED_MS) return seen.when;
      const answer = await ask('GetAccessKeyLastUsed', () =>
        iam.send(new iamSdk.GetAccessKeyLastUsedCommand({ AccessKeyId: key })),
      );
      const when = answer?.AccessKeyLastUsed?.LastUsedDate?.toISOString() ?? null;
      used.set(key, { when, at: clock.ms() });
      return when;
    },
    forget() {
      all = null;
      keys.clear();
    },
  };
}
