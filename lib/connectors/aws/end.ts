import type { Account } from '@/lib/connectors/aws/account';
import {
  type AccessKey,
  BLOCKED,
  blockedAt,
  cut,
  deniedBefore,
  denyAll,
  denyOlder,
  isBlocked,
  isCut,
  isServiceLinked,
  KEYS_TAG,
  mayAssume,
  OLDER,
  type Principal,
  trusted,
  uncut,
} from '@/lib/connectors/aws/account-normalise';
import type { Client } from '@/lib/connectors/aws/client';
import { OTHER_TAGS, othersOf, setOther, tagsFor, takenOthers } from '@/lib/connectors/aws/other-credentials';
import type { Acted, Hit } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  account: Account;
  /** ARN of the user or role the connector acts as. */
  own: string;
  cutTrust: boolean;
}

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

/** What a trust policy may be long, characters. */
const TRUST_MOST = 4_096;

/** null: there is no such user or role. Throws `connector.protected`. */
export async function target({ account, own }: Deps, arn: string): Promise<Principal | null> {
  if (arn === own) throw new BraidError('connector.protected', `${arn} is what Braid itself acts as.`);
  const found = await account.principal(arn);
  if (found && isServiceLinked(found))
    throw new BraidError(
      'connector.protected',
      `${found.name} is kept by AWS itself: it can’t be changed from outside.`,
    );
  return found;
}

const putPolicy = ({ client }: Deps, { kind, name }: Principal, policy: string, document: object) =>
  client.ask(`Put${kind === 'user' ? 'User' : 'Role'}Policy`, () => {
    const PolicyDocument = JSON.stringify(document);
    return kind === 'user'
      ? client.iam.send(new client.iamSdk.PutUserPolicyCommand({ UserName: name, PolicyName: policy, PolicyDocument }))
      : client.iam.send(new client.iamSdk.PutRolePolicyCommand({ RoleName: name, PolicyName: policy, PolicyDocument }));
  });

const dropPolicy = ({ client }: Deps, { kind, name }: Principal, policy: string) =>
  client.ask(`Delete${kind === 'user' ? 'User' : 'Role'}Policy`, () =>
    kind === 'user'
      ? client.iam.send(new client.iamSdk.DeleteUserPolicyCommand({ UserName: name, PolicyName: policy }))
      : client.iam.send(new client.iamSdk.DeleteRolePolicyCommand({ RoleName: name, PolicyName: policy })),
  );

export const setKey = ({ client }: Deps, user: string, key: string, active: boolean) =>
  client.ask('UpdateAccessKey', () =>
    client.iam.send(
      new client.iamSdk.UpdateAccessKeyCommand({
        UserName: user,
        AccessKeyId: key,
        Status: active ? 'Active' : 'Inactive',
      }),
    ),
  );

const setTrust = ({ client }: Deps, role: string, trust: object) =>
  client.ask('UpdateAssumeRolePolicy', () =>
    client.iam.send(
      new client.iamSdk.UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument: JSON.stringify(trust) }),
    ),
  );

/** Keys Braid made inactive, as the user’s tag remembers them. */
const takenKeys = (principal: Principal): string[] =>
  (principal.tags[KEYS_TAG] ?? '').split(' ').filter((one) => one !== '');

const endedWords = (keys: number, others: number, refused: readonly string[]): string =>
  [
    `${keys} ${keys === 1 ? 'key' : 'keys'} inactive`,
    ...(others > refused.length ? [`${others - refused.length} other credentials inactive`] : []),
    ...(refused.length ? [`left active, as a right is missing: ${refused.join(', ')}`] : []),
  ].join(', ');

async function blockUser(deps: Deps, user: Principal): Promise<Acted> {
  const { client, account } = deps;
  const active = (await account.keys(user.name, true)).filter((key) => key.active);
  const open = (await othersOf(client, user.name)).found.filter((one) => one.active);
  if (isBlocked(user) && !active.length && !open.length) return effective('already blocked', 0);
  // Written down before anything is taken: whoever goes on after a crash gives back all of it.
  const taken = [...new Set([...takenKeys(user), ...active.map((key) => key.id)])].slice(0, 8);
  await client.ask('TagUser', () =>
    client.iam.send(
      new client.iamSdk.TagUserCommand({
        UserName: user.name,
        Tags: [{ Key: KEYS_TAG, Value: taken.join(' ') }, ...tagsFor(user, open)],
      }),
    ),
  );
  await putPolicy(deps, user, BLOCKED, denyAll(clock.ms()));
  for (const key of active) await setKey(deps, user.name, key.id, false);
  const refused: string[] = [];
  for (const one of open) if ((await setOther(client, user.name, one, false)) !== null) refused.push(one.what);
  account.forget();
  const [after, keys] = [await account.principal(user.arn), await account.keys(user.name, true)];
  return after && isBlocked(after) && keys.every((key) => !key.active)
    ? effective(`${endedWords(active.length, open.length, refused)}, everything denied`.slice(0, 500), 1)
    : failed('IAM took it, but a key or the denial is not as it was set');
}

async function blockRole(deps: Deps, role: Principal): Promise<Acted> {
  if (isBlocked(role)) return effective('already blocked', 0);
  if (deps.cutTrust) {
    const trust = cut(role.trust, clock.ms());
    if (JSON.stringify(trust).length > TRUST_MOST)
      return failed(
        'the trust policy has no room for a denial: choose “can be assumed and may do nothing” in the settings',
      );
    await setTrust(deps, role.name, trust);
  } else await putPolicy(deps, role, BLOCKED, denyAll(clock.ms()));
  deps.account.forget();
  const after = await deps.account.principal(role.arn);
  return after && isBlocked(after)
    ? effective(deps.cutTrust ? 'nobody may assume it' : 'everything denied', 1)
    : failed('IAM took it, but the block is not there');
}

export async function block(deps: Deps, arn: string): Promise<Acted> {
  const found = await target(deps, arn);
  if (!found) return effective('no such user or role any more', 0);
  return found.kind === 'user' ? blockUser(deps, found) : blockRole(deps, found);
}

/** Takes back what Braid put there, and gives back the keys it took; what was inactive before stays so. */
export async function unblock(deps: Deps, arn: string): Promise<Acted> {
  const { client, account } = deps;
  const found = await target(deps, arn);
  if (!found) return failed('the user or role no longer exists');
  const [taken, others] = [takenKeys(found), takenOthers(found)];
  if (!isBlocked(found) && !taken.length && !others.size) return effective('nothing was blocked', 0);
  if (found.kind === 'user') {
    const keys = await account.keys(found.name, true);
    for (const key of keys) if (taken.includes(key.id) && !key.active) await setKey(deps, found.name, key.id, true);
    const idle = others.size ? (await othersOf(client, found.name)).found.filter((one) => !one.active) : [];
    for (const one of idle) {
      const why = others.has(one.id) ? await setOther(client, found.name, one, true) : null;
      if (why) return failed(`${one.what} can’t be given back: ${why}`);
    }
  }
  if (isCut(found.trust)) await setTrust(deps, found.name, uncut(found.trust));
  await dropPolicy(deps, found, BLOCKED);
  const tags = [...(taken.length ? [KEYS_TAG] : []), ...OTHER_TAGS.filter((tag) => tag in found.tags)];
  if (tags.length)
    await client.ask('UntagUser', () =>
      client.iam.send(new client.iamSdk.UntagUserCommand({ UserName: found.name, TagKeys: tags })),
    );
  account.forget();
  const after = await account.principal(arn);
  return after && !isBlocked(after)
    ? effective('as it was before', 1)
    : failed('IAM took it, but the block is still there');
}

/** A block holds everywhere after this long at the latest: until then a session may yet have been issued, ms. */
const BINDS_MS = 5_000;

/** A key that was made a moment ago took another one's place: that one may be let in somewhere for as long, ms; 0: none was. */
async function replacedUntil({ account }: Deps, found: Principal): Promise<number> {
  const keys = found.kind === 'user' ? await account.keys(found.name, true) : [];
  return Math.max(0, ...keys.map((key) => (key.createdAt ? Date.parse(key.createdAt) + 2 * BINDS_MS : 0)));
}

/**
 * Every session issued until now is denied everything; of one that is blocked, or whose key was replaced, also those issued
 * while that was not yet the same everywhere. Stays when access is restored: those sessions stay dead.
 */
export async function endSessions(deps: Deps, arn: string): Promise<Acted> {
  const found = await target(deps, arn);
  if (!found) return effective('no such user or role any more', 0);
  const blocked = isBlocked(found) ? (blockedAt(found) ?? clock.ms()) + BINDS_MS : null;
  const before = deniedBefore(found);
  if (blocked !== null && before && Date.parse(before) >= blocked)
    return effective(`sessions issued before ${before} were denied already`, 0);
  const at = new Date(Math.max(clock.ms(), blocked ?? (await replacedUntil(deps, found)))).toISOString();
  await putPolicy(deps, found, OLDER, denyOlder(at));
  deps.account.forget();
  const after = await deps.account.principal(arn);
  return after && deniedBefore(after) === at
    ? effective(`sessions issued before ${at} are denied; how many, STS does not say`, 1)
    : failed('IAM took it, but the denial of older sessions is not there');
}

export async function canEnter(deps: Deps, arn: string): Promise<boolean> {
  const found = await deps.account.principal(arn);
  if (!found || isBlocked(found)) return false;
  return (
    found.kind === 'role' ||
    (await deps.account.keys(found.name, true)).some((key) => key.active) ||
    hasPassword(deps, found)
  );
}

export const hasPassword = async ({ client }: Deps, { name }: Principal): Promise<boolean> =>
  (await client.ask('GetLoginProfile', () =>
    client.iam.send(new client.iamSdk.GetLoginProfileCommand({ UserName: name })),
  )) !== null;

/** Roles it may have assumed: named by their trust policy, or trusted with its whole account. */
export const roleSuccessors = (arn: string, all: Principal[]): { role: Principal; how: 'named' | 'account' }[] =>
  all.flatMap((role) => {
    const how = role.kind === 'role' && role.arn !== arn && !isServiceLinked(role) ? mayAssume(arn, role.trust) : null;
    return how ? [{ role, how }] : [];
  });

const keyHits = (keys: AccessKey[], used: (string | null)[]): Hit[] =>
  keys.map((key, i) => ({
    what: `access key ${key.id}`,
    why: used[i] ? `Last used ${used[i]}: whoever holds it is shut out.` : 'Never used, as far as AWS knows.',
  }));

/** Who else is hit, as far as IAM knows: nobody lists the sessions of a role. */
export async function predict(deps: Deps, arn: string): Promise<Hit[]> {
  const { account } = deps;
  const all = await account.principals();
  const found = all.find((one) => one.arn === arn);
  if (!found) return [];
  const left = roleSuccessors(arn, all).filter(({ how }) => how === 'named');
  const chained = left.map(({ role }) => ({
    what: `sessions of ${role.name} it has assumed`,
    why: `They go on for up to ${Math.round(role.maxSessionSecs / 60)} min: a role’s sessions are its own.`,
    externalId: role.arn,
  }));
  if (found.kind === 'user') {
    const keys = (await account.keys(found.name)).filter((key) => key.active);
    return [...keyHits(keys, await Promise.all(keys.map((key) => account.lastUsed(key.id)))), ...chained];
  }
  const known = new Set(all.map((one) => one.arn));
  const last = found.lastUsedAt ? ` The role was last used ${found.lastUsedAt}.` : '';
  return [
    ...trusted(found.trust).map((who) => ({
      what: `${who} may assume it`.slice(0, 300),
      why: `A role is blocked whole: sessions of everybody who assumed it end.${last}`,
      ...(known.has(who) ? { externalId: who } : {}),
    })),
    ...found.instanceProfiles.map((profile) => ({
      what: `machines of instance profile ${profile}`,
      why: 'They get their credentials from this role.',
    })),
    ...chained,
  ];
}
