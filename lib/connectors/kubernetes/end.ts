import type { Acted, Hit, NativeSession } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/kubernetes/client';
import { type Cluster, pathOf } from '@/lib/connectors/kubernetes/cluster';
import {
  type Account,
  anew,
  federatedAs,
  idOf,
  isSystem,
  nameOf,
  rolesOf,
} from '@/lib/connectors/kubernetes/cluster-normalise';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  cluster: Cluster;
  /** What Braid itself authenticates as. */
  own: string;
}

export interface Named {
  namespace: string;
  name: string;
}

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });
const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;

export function target({ own }: Pick<Deps, 'own'>, externalId: string): Named {
  const named = nameOf(externalId);
  if (!named)
    throw new BraidError('connector.protected', `${externalId} is no service account: Braid ends nothing else here.`);
  if (externalId === own || isSystem(named.namespace))
    throw new BraidError(
      'connector.protected',
      `${externalId} is protected: Kubernetes’ own accounts and Braid’s are never ended.`,
    );
  return named;
}

const remove = ({ client }: Deps, account: Account) =>
  client.call('DELETE', pathOf(account.namespace, 'serviceaccounts', account.name), {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    preconditions: { uid: account.uid },
  });

/**
 * An account has no switch. It is taken away: no token is made for a name that is not there, no pod starts as it, and every
 * token of it carries its uid, which is gone. What it was is kept first, so that it can be put there again.
 */
export async function block(deps: Deps, externalId: string): Promise<Acted> {
  const { cluster } = deps;
  const { namespace, name } = target(deps, externalId);
  const account = await cluster.account(namespace, name);
  if (!account) {
    const kept = await cluster.keptOf(namespace, name);
    return effective(kept ? 'already taken away' : 'no such account any more', 0);
  }
  if (name === 'default') {
    await remove(deps, account);
    return failed(
      'its tokens are dead, but Kubernetes makes an account called default again: it can’t be blocked (G11)',
    );
  }
  const secrets = (await cluster.carriers({ namespace, name })).filter((one) => one.kind === 'secret');
  await cluster.keep(
    account,
    secrets.map((one) => one.name),
  );
  const answer = await remove(deps, account);
  const after = await cluster.account(namespace, name);
  if (after?.uid === account.uid) return failed(`the account is still there: ${answer.said}`);
  return after
    ? failed('the account was made again at once: something keeps it (a controller, Helm, GitOps)')
    : effective('account taken away, every token of it is dead', 1);
}

async function putBack({ client, cluster }: Deps, { namespace, name }: Named): Promise<Acted> {
  const kept = (await cluster.keptOf(namespace, name))!;
  const answer = await client.call('POST', pathOf(namespace, 'serviceaccounts'), anew(kept.account));
  if (answer.status !== 201 && answer.status !== 409) return failed(`the account was not made again: ${answer.said}`);
  for (const secret of kept.secrets) {
    const made = await client.call('POST', pathOf(namespace, 'secrets'), {
      metadata: { name: secret, annotations: { 'kubernetes.io/service-account.name': name } },
      type: 'kubernetes.io/service-account-token',
    });
    if (made.status !== 201 && made.status !== 409)
      return failed(`token secret ${secret} was not made again: ${made.said}`);
  }
  if (!(await cluster.account(namespace, name))) return failed('the account was made, and is not there');
  await cluster.drop(namespace, name);
  const pods = (await cluster.carriers({ namespace, name })).filter((one) => one.kind === 'pod').length;
  return effective(
    pods ? `account there again; ${count(pods, 'pod')} to be restarted for a new token` : 'account there again',
    1,
  );
}

/** Puts the account there as it was, under a new uid: roles bound by name hold again, tokens from before stay dead. */
export async function restore(deps: Deps, externalId: string): Promise<Acted> {
  const { cluster } = deps;
  const { namespace, name } = target(deps, externalId);
  const kept = await cluster.keptOf(namespace, name);
  if (kept) return putBack(deps, { namespace, name });
  return (await cluster.account(namespace, name))
    ? effective('nothing was taken away', 0)
    : failed('the account is gone and Braid keeps nothing of it');
}

async function removeSecrets({ client, cluster }: Deps, named: Named): Promise<number> {
  const secrets = (await cluster.carriers(named)).filter((one) => one.kind === 'secret');
  for (const { namespace, name, uid } of secrets)
    await client.call('DELETE', pathOf(namespace, 'secrets', name), { preconditions: { uid } });
  return secrets.length;
}

/**
 * All tokens of an account at once. One that is blocked has none that work; what still holds one is removed. One that is not
 * is taken away and put there again: the same name, another uid.
 */
export async function endSessions(deps: Deps, externalId: string): Promise<Acted> {
  const { cluster } = deps;
  const named = target(deps, externalId);
  const account = await cluster.account(named.namespace, named.name);
  if (!account) {
    const removed = await removeSecrets(deps, named);
    return effective(removed ? `${count(removed, 'token secret')} removed` : 'no token of it works', removed);
  }
  if (named.name === 'default') {
    await remove(deps, account);
    return { state: 'accepted', detail: 'taken away: Kubernetes makes it again under another uid', affected: 1 };
  }
  const secrets = (await cluster.carriers(named)).filter((one) => one.kind === 'secret');
  await cluster.keep(
    account,
    secrets.map((one) => one.name),
  );
  await remove(deps, account);
  await removeSecrets(deps, named);
  const back = await putBack(deps, named);
  const after = await cluster.account(named.namespace, named.name);
  return after && after.uid !== account.uid && back.state === 'effective'
    ? effective(`every token from before is dead; ${back.detail}`, 1)
    : failed(back.state === 'failed' ? back.detail : 'the account kept its uid');
}

/** A pod, or a token secret: with it die the tokens that were made for it. */
export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  target(deps, session.externalIdentityId);
  const { namespace, name, uid } = session.native as { namespace: string; name: string; uid: string };
  const kind = session.native.carrier === 'secret' ? ('secret' as const) : ('pod' as const);
  if ((await deps.cluster.carrier(kind, namespace, name)) !== uid) return effective(`the ${kind} had already gone`, 0);
  await deps.client.call('DELETE', pathOf(namespace, `${kind}s`, name), { preconditions: { uid } });
  return (await deps.cluster.carrier(kind, namespace, name)) === uid
    ? { state: 'accepted', detail: `the ${kind} is ending`, affected: 1 }
    : effective(`${kind} deleted`, 1);
}

export const canEnter = async ({ cluster }: Deps, externalId: string): Promise<boolean> => {
  const named = nameOf(externalId);
  return named !== null && (await cluster.account(named.namespace, named.name)) !== null;
};

export async function predict({ cluster }: Deps, externalId: string): Promise<Hit[]> {
  const named = nameOf(externalId);
  const account = named && (await cluster.account(named.namespace, named.name));
  if (!account) return [];
  const carriers = await cluster.carriers(named);
  const pods = carriers.filter((one) => one.kind === 'pod');
  const secrets = carriers.length - pods.length;
  const roles = rolesOf(account, await cluster.bindings());
  return [
    ...pods.slice(0, 50).map((pod) => ({
      what: `pod ${pod.namespace}/${pod.name}`,
      why: 'It runs on without the API, and needs a restart once the account is back.',
      externalId: idOf(pod.namespace, pod.account),
      sessions: 1,
    })),
    ...(pods.length > 50 ? [{ what: `${pods.length - 50} more pods`, why: 'They run as this account.' }] : []),
    ...(secrets
      ? [{ what: count(secrets, 'token secret'), why: 'Tokens without an end; made anew by a restore.' }]
      : []),
    ...(roles.length
      ? [
          {
            what: `roles: ${roles.join(', ')}`.slice(0, 300),
            why: 'They stay bound to the name, and hold again after a restore.',
          },
        ]
      : []),
    ...federatedAs(account).map((as) => ({
      what: `cloud identity ${as}`,
      why: 'Whoever took a token for it there keeps that until it ends.',
    })),
  ];
}
