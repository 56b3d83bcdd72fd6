import { cutOff, LISTED_MOST } from '@/lib/connectors/read-whole';
import {
  type AppRole,
  type Entity,
  type PolicyRule,
  policyRules,
  type Token,
  toAppRole,
  toEntity,
  toToken,
  unnamed,
} from '@/lib/connectors/vault/catalog-normalise';
import { abreast, type Client } from '@/lib/connectors/vault/client';
import { clock } from '@/lib/platform/clock';
import { type Loose, listOf, objectOf, textOf } from '@/lib/sessions/loose-model';
import { readInstant } from '@/lib/sessions/time-model';

/** A token's end moves when it is renewed: looked up again after this long, ms. */
const LOOK_AGAIN_MS = 60_000;

export interface Lease {
  id: string;
  /** null: it does not end by itself. */
  expiresAt: string | null;
}

/** What the server knows, read through the connector's own token. */
export interface Catalog {
  tokens(): Promise<Token[]>;
  token(accessor: string): Promise<Token | null>;
  entities(): Promise<Entity[]>;
  entity(id: string): Promise<Entity | null>;
  appRoles(): Promise<AppRole[]>;
  mounts(): Promise<{ path: string; type: string; batch: boolean; maxTtl: number }[]>;
  /** What these policies say, by name. */
  rules(policies: string[]): Promise<PolicyRule[]>;
  policiesOf(entity: Entity): Promise<string[]>;
  /** Whose a token is, as Braid knows it. */
  ownerOf(token: Token): Promise<string>;
  leases(prefix: string): Promise<Lease[]>;
}

/** There is no empty list in Vault: where nothing is, there is no answer. */
function keysOf(path: string, data: Loose): string[] {
  const keys = Array.isArray(data.keys) ? data.keys : [];
  if (keys.length > LISTED_MOST) throw cutOff('Vault', path, LISTED_MOST);
  return keys.flatMap((one) => textOf(one, 300) ?? []);
}

const seconds = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

type List = (path: string) => Promise<string[]>;

const listing =
  (client: Client): List =>
  async (path) =>
    keysOf(path, (await client.call('LIST', path)).data);

const authsOf = async (client: Client): Promise<[string, Loose][]> =>
  Object.entries((await client.call('GET', 'sys/auth')).data)
    .filter(([path]) => path.endsWith('/'))
    .map(([path, mount]) => [path.slice(0, -1), objectOf(mount)]);

async function readAppRoles(client: Client, list: List): Promise<AppRole[]> {
  const mounts = (await authsOf(client)).filter(([, mount]) => mount.type === 'approle');
  const perMount = await abreast(mounts, async ([mount, about]) => {
    const mountAccessor = textOf(about.accessor, 200) ?? '';
    return abreast(await list(`auth/${mount}/role`), async (name) => {
      const [role, id] = await Promise.all([
        client.call('GET', `auth/${mount}/role/${encodeURIComponent(name)}`),
        client.call('GET', `auth/${mount}/role/${encodeURIComponent(name)}/role-id`),
      ]);
      return toAppRole({ mount, mountAccessor, name }, role.data, id.data);
    });
  });
  return perMount.flat();
}

const readMounts = async (client: Client) =>
  (await authsOf(client)).map(([path, mount]) => {
    const config = objectOf(mount.config);
    return {
      path,
      type: textOf(mount.type, 60) ?? '',
      batch: textOf(config.token_type, 40)?.includes('batch') === true,
      maxTtl: seconds(config.max_lease_ttl),
    };
  });

async function leasesBelow(list: List, prefix: string, depth = 0): Promise<string[]> {
  const keys = await list(`sys/leases/lookup/${prefix}`);
  const nested = await abreast(keys, async (key) =>
    key.endsWith('/') && depth < 6 ? leasesBelow(list, `${prefix}${key}`, depth + 1) : [`${prefix}${key}`],
  );
  return nested.flat();
}

async function readLeases(client: Client, list: List, prefix: string): Promise<Lease[]> {
  const ids = await leasesBelow(list, `${prefix.replace(/\/$/, '')}/`);
  const found = await abreast(ids, async (id): Promise<Lease | null> => {
    const answer = await client.call('POST', 'sys/leases/lookup', { lease_id: id });
    return answer.status === 200 ? { id, expiresAt: readInstant(answer.data.expire_time) ?? null } : null;
  });
  return found.filter((one) => one !== null);
}

/** Tokens, entities' names and policies are remembered for a minute: a listing asks only for what is new. */
export function catalogOf(client: Client): Catalog {
  const list = listing(client);
  const known = new Map<string, { token: Token; at: number }>();
  const names = new Map<string, string>();
  const rules = new Map<string, { rules: PolicyRule[]; at: number }>();

  const token = async (accessor: string): Promise<Token | null> => {
    const answer = await client.call('POST', 'auth/token/lookup-accessor', { accessor });
    const found = answer.status === 200 ? toToken(answer.data) : null;
    if (found) known.set(accessor, { token: found, at: clock.ms() });
    else known.delete(accessor);
    return found;
  };

  const entity = async (id: string): Promise<Entity | null> => {
    const answer = await client.call('GET', `identity/entity/id/${encodeURIComponent(id)}`);
    const found = answer.status === 200 ? toEntity(answer.data) : null;
    if (found) names.set(id, found.externalId);
    return found;
  };

  const rulesOf = async (name: string): Promise<PolicyRule[]> => {
    const seen = rules.get(name);
    if (seen && clock.ms() - seen.at < LOOK_AGAIN_MS) return seen.rules;
    const answer = await client.call('GET', `sys/policies/acl/${encodeURIComponent(name)}`);
    const read = policyRules(textOf(answer.data.policy, 200_000) ?? '');
    rules.set(name, { rules: read, at: clock.ms() });
    return read;
  };

  return {
    token,
    entity,
    appRoles: () => readAppRoles(client, list),
    mounts: () => readMounts(client),
    leases: (prefix) => readLeases(client, list, prefix),
    async tokens() {
      const accessors = await list('auth/token/accessors');
      const here = new Set(accessors);
      for (const accessor of known.keys()) if (!here.has(accessor)) known.delete(accessor);
      const found = await abreast(accessors, async (accessor) => {
        const seen = known.get(accessor);
        return seen && clock.ms() - seen.at < LOOK_AGAIN_MS ? seen.token : token(accessor);
      });
      return found.filter((one) => one !== null);
    },
    entities: async () => (await abreast(await list('identity/entity/id'), entity)).filter((one) => one !== null),
    async rules(names) {
      return (
        await abreast(
          [...new Set(names)].filter((name) => name !== 'root'),
          rulesOf,
        )
      ).flat();
    },
    async policiesOf({ policies, groups }) {
      const inherited = await abreast(groups, async (id) =>
        listOf((await client.call('GET', `identity/group/id/${encodeURIComponent(id)}`)).data.policies),
      );
      return [...policies, ...inherited.flat().flatMap((one) => textOf(one, 200) ?? [])];
    },
    async ownerOf({ entity: id, display }) {
      if (!id) return unnamed(display);
      return names.get(id) ?? (await entity(id))?.externalId ?? id;
    },
  };
}
