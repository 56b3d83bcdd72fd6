import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';
import { type Loose, listOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import { readInstant } from '@/lib/sessions/time-model';

export interface Account {
  namespace: string;
  name: string;
  /** null: it is not there any more; Braid has taken it away and keeps it. */
  uid: string | null;
  createdAt: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** What was there, to be given back. */
  object: Loose;
}

export interface Carrier {
  kind: 'pod' | 'secret';
  namespace: string;
  name: string;
  uid: string;
  account: string;
  createdAt: string;
  node: string | null;
  phase: string | null;
}

const PREFIX = 'system:serviceaccount:';
export const idOf = (namespace: string, name: string): string => `${PREFIX}${namespace}:${name}`;

/** null: no service account is called so. */
export function nameOf(externalId: string): { namespace: string; name: string } | null {
  const found = /^system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})$/.exec(externalId);
  return found ? { namespace: found[1]!, name: found[2]! } : null;
}

/** Kubernetes’ own. */
const SYSTEM = ['kube-system', 'kube-public', 'kube-node-lease'];
export const isSystem = (namespace: string): boolean => SYSTEM.includes(namespace);

const EPOCH = new Date(0).toISOString();
const texts = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objectOf(value))
      .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
      .slice(0, 200),
  );

/** null: the record names no account. */
export function toAccount(record: Loose): Account | null {
  const metadata = objectOf(record.metadata);
  const namespace = textOf(metadata.namespace, 63);
  const name = textOf(metadata.name, 253);
  if (!namespace || !name) return null;
  return {
    namespace,
    name,
    uid: textOf(metadata.uid, 100),
    createdAt: readInstant(metadata.creationTimestamp) ?? EPOCH,
    labels: texts(metadata.labels),
    annotations: texts(metadata.annotations),
    object: record,
  };
}

/** What an account is made of, without what the server adds: put there again, it is the same to whoever names it. */
export function anew({ object }: Account): Loose {
  const { name, namespace, labels, annotations, ownerReferences, finalizers } = objectOf(object.metadata);
  const { secrets, imagePullSecrets, automountServiceAccountToken } = object;
  const kept = (given: Loose) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return kept({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: kept({ name, namespace, labels, annotations, ownerReferences, finalizers }),
    secrets,
    imagePullSecrets,
    automountServiceAccountToken,
  });
}

const ACCOUNT_OF = 'kubernetes.io/service-account.name';

/** A secret that holds a token of its own, by its metadata alone. */
export function toSecret(record: Loose): Carrier | null {
  const metadata = objectOf(record.metadata);
  const account = texts(metadata.annotations)[ACCOUNT_OF];
  return account ? carrier('secret', metadata, account, {}) : null;
}

export function toPod(record: Loose): Carrier | null {
  const spec = objectOf(record.spec);
  const account = textOf(spec.serviceAccountName, 253);
  const phase = textOf(objectOf(record.status).phase, 40);
  // A pod that has run its course holds no token any more.
  if (!account || phase === 'Succeeded' || phase === 'Failed') return null;
  return carrier('pod', objectOf(record.metadata), account, { node: textOf(spec.nodeName, 253), phase });
}

function carrier(
  kind: Carrier['kind'],
  metadata: Loose,
  account: string,
  about: { node?: string | null; phase?: string | null },
): Carrier | null {
  const [namespace, name, uid] = [
    textOf(metadata.namespace, 63),
    textOf(metadata.name, 253),
    textOf(metadata.uid, 100),
  ];
  if (!namespace || !name || !uid) return null;
  const createdAt = readInstant(metadata.creationTimestamp) ?? EPOCH;
  return { kind, namespace, name, uid, account, createdAt, node: about.node ?? null, phase: about.phase ?? null };
}

export const ownerOf = (one: Carrier): string => idOf(one.namespace, one.account);

export const toSession = (one: Carrier): NativeSession => ({
  key: `${one.kind}:${one.uid}`,
  externalIdentityId: ownerOf(one),
  kind: one.kind === 'pod' ? 'job' : 'api',
  label: `${one.kind} ${one.namespace}/${one.name}`.slice(0, 200),
  startedAt: one.createdAt,
  lastEventAt: one.createdAt,
  idle: one.phase === 'Pending',
  ...(one.node ? { agent: `node ${one.node}`.slice(0, 200) } : {}),
  native: {
    carrier: one.kind,
    namespace: one.namespace,
    name: one.name,
    uid: one.uid,
    externalIdentityId: ownerOf(one),
  },
});

/** Annotations by which a cloud takes this account’s tokens for one of its own identities: it verifies them by itself. */
const FEDERATED = ['eks.amazonaws.com/role-arn', 'iam.gke.io/gcp-service-account', 'azure.workload.identity/client-id'];
export const federatedAs = ({ annotations }: Account): string[] =>
  FEDERATED.flatMap((name) => (annotations[name] ? [annotations[name].slice(0, 300)] : []));

export interface Bindings {
  /** Roles bound to it, by name. */
  roles: string[];
}

/** Roles that name this account as a subject; groups of all accounts are not its own. */
export function rolesOf(account: Pick<Account, 'namespace' | 'name'>, bindings: Loose[]): string[] {
  const named = bindings.filter((binding) =>
    listOf(binding.subjects, 1_000).some((one) => {
      const subject = objectOf(one);
      const space = textOf(subject.namespace, 63) ?? textOf(objectOf(binding.metadata).namespace, 63);
      return subject.kind === 'ServiceAccount' && subject.name === account.name && space === account.namespace;
    }),
  );
  return [...new Set(named.flatMap((binding) => textOf(objectOf(binding.roleRef).name, 253) ?? []))];
}

export function toIdentity(
  account: Account,
  about: { own: boolean; carriers: Carrier[]; roles: string[] },
): FoundIdentity {
  const { annotations, labels } = account;
  const owner = annotations.owner ?? labels.owner ?? labels['app.kubernetes.io/part-of'];
  const purpose = annotations.purpose ?? annotations['kubernetes.io/description'];
  const secrets = about.carriers.filter((one) => one.kind === 'secret');
  return {
    externalId: idOf(account.namespace, account.name),
    name: `${account.namespace}/${account.name}`,
    kind: 'service_account',
    protected: about.own || isSystem(account.namespace),
    enabled: account.uid !== null,
    ...(owner ? { owner: owner.slice(0, 200) } : {}),
    ...(purpose ? { purpose: purpose.slice(0, 300) } : {}),
    credentials: secrets.slice(0, 100).map((one) => ({ externalId: `secret:${one.uid}`, kind: 'legacy_token' })),
    attributes: saying({
      namespace: account.namespace,
      roles: about.roles.join(', ').slice(0, 600),
      pods: about.carriers.length - secrets.length,
      tokensWithoutEnd: secrets.length || null,
      federatedAs: federatedAs(account).join(', '),
    }),
    logNames: [{ issuer: 'kubernetes', externalId: idOf(account.namespace, account.name) }],
  };
}
