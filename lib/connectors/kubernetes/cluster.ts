import type { Client } from '@/lib/connectors/kubernetes/client';
import { type Account, type Carrier, toAccount, toPod, toSecret } from '@/lib/connectors/kubernetes/cluster-normalise';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { type Loose, objectOf, parsedOf, textOf } from '@/lib/sessions/loose-model';

/** How long rights are taken as they were read, ms: they only describe. */
const BINDINGS_MS = 60_000;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const MARK = 'braid.blocked=true';

/** What Braid took away, in a ConfigMap of its own namespace. */
export interface Kept {
  account: Account;
  /** Token secrets that went with it, by name. */
  secrets: string[];
  at: string;
}

export interface Cluster {
  accounts(): Promise<Account[]>;
  account(namespace: string, name: string): Promise<Account | null>;
  /** Pods and token secrets, of one account or of all. */
  carriers(of?: { namespace: string; name: string }): Promise<Carrier[]>;
  carrier(kind: Carrier['kind'], namespace: string, name: string): Promise<string | null>;
  bindings(): Promise<Loose[]>;
  kept(): Promise<Kept[]>;
  /** Before it is taken away. Done twice, what was there first counts. */
  keep(account: Account, secrets: string[]): Promise<void>;
  keptOf(namespace: string, name: string): Promise<Kept | null>;
  drop(namespace: string, name: string): Promise<void>;
}

export const pathOf = (namespace: string, kind: string, name?: string): string =>
  `/api/v1/namespaces/${namespace}/${kind}${name ? `/${encodeURIComponent(name)}` : ''}`;

const keyOf = (namespace: string, name: string): string => `blocked-${sha256Hex(`${namespace}/${name}`).slice(0, 24)}`;

/** The uid it had; `uid` of what is kept is null, as it is not there. */
const uidOf = ({ object }: Account): string | null => textOf(objectOf(object.metadata).uid, 100);

function toKept(record: Loose): Kept | null {
  const data = objectOf(record.data);
  const account = toAccount(parsedOf(data.account));
  if (!account) return null;
  const secrets = (textOf(data.secrets, 100_000) ?? '').split(',').filter((one) => one !== '');
  return { account: { ...account, uid: null }, secrets, at: textOf(data.at, 40) ?? account.createdAt };
}

export function clusterOf(client: Client, own: string): Cluster {
  let rights: { read: Loose[]; at: number } | null = null;
  const one = async (path: string): Promise<Loose | null> => {
    const answer = await client.call('GET', path);
    return answer.status === 200 ? answer.body : null;
  };
  const keptOf = async (namespace: string, name: string): Promise<Kept | null> => {
    const found = await one(pathOf(own, 'configmaps', keyOf(namespace, name)));
    return found && toKept(found);
  };
  const drop = async (namespace: string, name: string): Promise<void> => {
    await client.call('DELETE', pathOf(own, 'configmaps', keyOf(namespace, name)));
  };
  return {
    accounts: async () => (await client.list('/api/v1/serviceaccounts')).flatMap((record) => toAccount(record) ?? []),
    async account(namespace, name) {
      const found = await one(pathOf(namespace, 'serviceaccounts', name));
      return found && toAccount(found);
    },
    async carriers(of) {
      const base = of ? `/api/v1/namespaces/${of.namespace}` : '/api/v1';
      const [pods, secrets] = await Promise.all([
        client.list(`${base}/pods`, of ? { fieldSelector: `spec.serviceAccountName=${of.name}` } : {}),
        client.list(`${base}/secrets`, { fieldSelector: 'type=kubernetes.io/service-account-token' }, true),
      ]);
      const found = [...pods.map(toPod), ...secrets.map(toSecret)].filter((carrier) => carrier !== null);
      return of ? found.filter((carrier) => carrier.account === of.name) : found;
    },
    async carrier(kind, namespace, name) {
      const query = { fieldSelector: `metadata.name=${name}` };
      const [found] = await client.list(pathOf(namespace, `${kind}s`), query, true);
      return found ? textOf(objectOf(found.metadata).uid, 100) : null;
    },
    async bindings() {
      if (rights && clock.ms() - rights.at < BINDINGS_MS) return rights.read;
      const read = (
        await Promise.all([client.list(`${RBAC}/rolebindings`), client.list(`${RBAC}/clusterrolebindings`)])
      ).flat();
      rights = { read, at: clock.ms() };
      return read;
    },
    kept: async () =>
      (await client.list(pathOf(own, 'configmaps'), { labelSelector: MARK })).flatMap((record) => toKept(record) ?? []),
    keptOf,
    async keep(account, secrets) {
      const at = clock.now().toISOString();
      const put = () =>
        client.call('POST', pathOf(own, 'configmaps'), {
          metadata: { name: keyOf(account.namespace, account.name), labels: { 'braid.blocked': 'true' } },
          data: { account: JSON.stringify(account.object), secrets: secrets.join(','), at },
        });
      let answer = await put();
      if (answer.status === 409) {
        const stood = await keptOf(account.namespace, account.name);
        // Kept by an attempt before this one: what was there then counts. Of another uid: somebody made it again since.
        if (stood && uidOf(stood.account) === account.uid) return;
        await drop(account.namespace, account.name);
        answer = await put();
      }
      if (answer.status !== 201)
        throw new BraidError('connector.refused', `What is to be taken away could not be kept: ${answer.said}`);
    },
    drop,
  };
}
