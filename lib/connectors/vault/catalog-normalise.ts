import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';
import { type Loose, listOf, numberOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import { readInstant } from '@/lib/sessions/time-model';

/** A service token, by what its accessor tells. The token itself is never asked for. */
export interface Token {
  accessor: string;
  entity: string | null;
  /** What it is called; every root token is called root. */
  display: string;
  /** What made it, e.g. auth/approle/login. */
  path: string;
  orphan: boolean;
  root: boolean;
  policies: string[];
  issuedAt: string;
  /** null: it does not end by itself. */
  expiresAt: string | null;
  renewedAt: string | null;
}

export interface Entity {
  id: string;
  /** What Braid knows it by: its id, or the AppRole it was made for before anything had logged in by it. */
  externalId: string;
  groups: string[];
  name: string;
  disabled: boolean;
  policies: string[];
  aliases: { name: string; mount: string; type: string; accessor: string; metadata: Loose }[];
  metadata: Loose;
}

/** A role of the AppRole method. It has an entity as soon as something has logged in by it. */
export interface AppRole {
  mount: string;
  mountAccessor: string;
  name: string;
  roleId: string;
  policies: string[];
  /** Seconds; 0 = the mount's. */
  ttl: number;
  maxTtl: number;
  batch: boolean;
  /** It lets in by a secret id, not by its role id alone. */
  bySecret: boolean;
  /** Its secret ids may be used a limited number of times, or from some addresses only. */
  bound: boolean;
}

/** Metadata of an entity Braid made so that an AppRole could be blocked before its first login. */
export const MADE_FOR = 'braid_identity';

const EPOCH = new Date(0).toISOString();
const words = (value: unknown): string[] => listOf(value, 200).flatMap((one) => textOf(one, 200) ?? []);

/** null: the answer names no token. */
export function toToken(data: Loose): Token | null {
  const accessor = textOf(data.accessor, 200);
  if (!accessor) return null;
  const created = numberOf(data.creation_time);
  const whole = created !== null && created > 0 && created < 1e11 ? new Date(created * 1_000).toISOString() : EPOCH;
  const renewed = numberOf(data.last_renewal_time);
  const policies = words(data.policies);
  return {
    accessor,
    entity: textOf(data.entity_id, 200),
    display: policies.includes('root') ? 'root' : (textOf(data.display_name, 200) ?? 'token'),
    path: textOf(data.path, 300) ?? '',
    orphan: data.orphan === true,
    root: policies.includes('root'),
    policies,
    issuedAt: readInstant(data.issue_time) ?? whole,
    expiresAt: readInstant(data.expire_time) ?? null,
    renewedAt: renewed !== null && renewed > 0 && renewed < 1e11 ? new Date(renewed * 1_000).toISOString() : null,
  };
}

/** null: the answer names no entity. */
export function toEntity(data: Loose): Entity | null {
  const id = textOf(data.id, 200);
  if (!id) return null;
  return {
    id,
    externalId: textOf(objectOf(data.metadata)[MADE_FOR], 300) ?? id,
    groups: words(data.group_ids),
    name: textOf(data.name, 300) ?? id,
    disabled: data.disabled === true,
    policies: words(data.policies),
    metadata: objectOf(data.metadata),
    aliases: listOf(data.aliases).map((one) => {
      const alias = objectOf(one);
      return {
        name: textOf(alias.name, 300) ?? '',
        mount: (textOf(alias.mount_path, 200) ?? '').replace(/^auth\/|\/$/g, ''),
        type: textOf(alias.mount_type, 60) ?? '',
        accessor: textOf(alias.mount_accessor, 200) ?? '',
        metadata: objectOf(alias.metadata),
      };
    }),
  };
}

export function toAppRole(where: Pick<AppRole, 'mount' | 'mountAccessor' | 'name'>, role: Loose, id: Loose): AppRole {
  return {
    ...where,
    roleId: textOf(id.role_id, 200) ?? '',
    policies: words(role.token_policies),
    ttl: numberOf(role.token_ttl) ?? 0,
    maxTtl: numberOf(role.token_max_ttl) ?? 0,
    batch: textOf(role.token_type, 40)?.includes('batch') ?? false,
    bySecret: role.bind_secret_id !== false,
    bound:
      (numberOf(role.secret_id_num_uses) ?? 0) > 0 ||
      listOf(role.secret_id_bound_cidrs).length > 0 ||
      listOf(role.token_bound_cidrs).length > 0,
  };
}

/** Tokens of nobody in particular are known by what they are called. */
export const unnamed = (display: string): string => `token:${display}`;
export const displayOf = (externalId: string): string | null =>
  externalId.startsWith('token:') ? externalId.slice('token:'.length) : null;

export const approleId = (role: Pick<AppRole, 'mount' | 'name'>): string => `approle:${role.mount}/${role.name}`;

const HUMAN = ['oidc', 'userpass', 'ldap', 'okta', 'saml', 'radius', 'kerberos', 'github'];
const WORKLOAD = ['kubernetes', 'aws', 'gcp', 'azure', 'cert', 'spiffe', 'cf', 'alicloud', 'oci'];

function kindOf({ aliases }: Entity): FoundIdentity['kind'] {
  const types = aliases.map((alias) => alias.type);
  if (aliases.some(({ metadata }) => metadata.project_path !== undefined || metadata.repository !== undefined))
    return 'ci_pipeline';
  if (types.some((type) => WORKLOAD.includes(type))) return 'workload';
  return types.length > 0 && types.every((type) => HUMAN.includes(type)) ? 'human' : 'service_account';
}

/** An entity made by a login is called `entity_1a2b…`; what its owner calls it stands in its alias. */
function nameOf(entity: Entity, role: AppRole | undefined): string {
  if (!/^entity_[0-9a-f]{6,}/.test(entity.name)) return entity.name;
  const said = entity.aliases.flatMap(({ metadata, name, type }) => {
    const account = textOf(metadata.service_account_name, 200);
    if (account) return `${textOf(metadata.service_account_namespace, 200) ?? 'default'}/${account}`;
    return textOf(metadata.role_name, 200) ?? textOf(metadata.username, 200) ?? (type === 'approle' ? [] : name);
  });
  return said[0] || role?.name || entity.name;
}

export function entityIdentity(
  entity: Entity,
  own: { entity: string | null; longestSecs: number },
  roles: AppRole[],
  tokens: Token[],
): FoundIdentity {
  const role = roles[0];
  const purpose = textOf(entity.metadata.purpose, 300);
  const owner = textOf(entity.metadata.owner, 200);
  const longest = Math.max(0, ...roles.map((one) => one.maxTtl || one.ttl));
  return {
    externalId: entity.externalId,
    name: nameOf(entity, role).slice(0, 512),
    kind: kindOf(entity),
    protected: entity.id === own.entity,
    enabled: !entity.disabled,
    ...(owner ? { owner } : {}),
    ...(purpose ? { purpose } : {}),
    credentials: [
      ...roles.map((one) => ({ externalId: approleId(one), kind: 'approle' })),
      ...tokens.slice(0, 100).map((token) => ({
        externalId: `accessor:${token.accessor}`,
        kind: 'token',
        ...(token.expiresAt ? { expiresAt: token.expiresAt } : {}),
      })),
    ],
    attributes: saying({
      aliases: entity.aliases
        .map((alias) => `${alias.mount}:${alias.name}`)
        .join(', ')
        .slice(0, 400),
      policies: [...new Set([...entity.policies, ...roles.flatMap((one) => one.policies)])].join(', '),
      batchTokens: roles.some((one) => one.batch) ? true : null,
      tokenTooLong: longest > own.longestSecs ? true : null,
      neverExpires: tokens.some((token) => token.expiresAt === null) ? true : null,
    }),
    logNames: [{ issuer: 'vault', externalId: entity.id }],
  };
}

/** The holders of tokens without an entity, as far as they can be told apart: by what their tokens are called. */
export function unnamedIdentity(display: string, tokens: Token[], own: string): FoundIdentity {
  const root = display === 'root' || tokens.some((token) => token.root);
  return {
    externalId: unnamed(display),
    name: display === 'token' ? 'tokens without a name' : display,
    kind: 'api_key',
    protected: root || tokens.some((token) => token.accessor === own),
    enabled: tokens.length > 0,
    credentials: tokens.slice(0, 100).map((token) => ({
      externalId: `accessor:${token.accessor}`,
      kind: 'token',
      ...(token.expiresAt ? { expiresAt: token.expiresAt } : {}),
    })),
    attributes: saying({
      entity: 'none',
      root: root ? true : null,
      neverExpires: tokens.some((token) => token.expiresAt === null) ? true : null,
    }),
    logNames: [{ issuer: 'vault', externalId: display }],
  };
}

/** An AppRole nothing has logged in by yet, so that it has no entity. */
export const roleIdentity = (role: AppRole): FoundIdentity => ({
  externalId: approleId(role),
  name: role.name,
  kind: 'service_account',
  protected: false,
  enabled: true,
  credentials: [{ externalId: approleId(role), kind: 'approle' }],
  attributes: saying({ policies: role.policies.join(', '), unused: true, batchTokens: role.batch ? true : null }),
});

/** `owner`: whose it is, as Braid knows it. */
export function toSession(token: Token, owner: string): NativeSession {
  return {
    key: `accessor:${token.accessor}`,
    externalIdentityId: owner,
    kind: 'api',
    label: `${token.display} · ${token.path || 'token'}`.slice(0, 200),
    startedAt: token.issuedAt,
    lastEventAt: token.renewedAt ?? token.issuedAt,
    idle: false,
    credential: `accessor:${token.accessor}`,
    native: {
      accessor: token.accessor,
      externalIdentityId: owner,
      orphan: token.orphan,
      expiresAt: token.expiresAt,
    },
  };
}

export interface PolicyRule {
  path: string;
  /** Something may be read or made there. */
  opens: boolean;
}

const OPENS = /"(?:read|update|create|sudo)"|"(?:write)"/;

/** The rules of a policy, HCL or JSON, as far as they say what may be read. */
export function policyRules(policy: string): PolicyRule[] {
  const rule = (path: string, body: string): PolicyRule => ({
    path: path.slice(0, 300),
    opens: OPENS.test(body) && !/"deny"/.test(body),
  });
  try {
    const paths = Object.entries(objectOf(objectOf(JSON.parse(policy)).path)).slice(0, 1_000);
    return paths.map(([path, body]) => rule(path, JSON.stringify(body)));
  } catch {
    const text = policy.slice(0, 200_000).replace(/^\s*(?:#|\/\/).*$/gm, '');
    const found = text.matchAll(/\bpath\s{0,20}"([^"\n]{1,300})"\s{0,20}\{([^}]{0,2000})\}/g);
    return [...found].slice(0, 1_000).map(([, path, body]) => rule(path!, body!));
  }
}

/** Whole paths from which a lease is read. What a wildcard opens is nobody's own. */
export const leasePaths = (rules: PolicyRule[]): string[] =>
  rules
    .filter(({ path, opens }) => opens && /\/(?:creds|static-creds|sts)\/[^*+{]+$/.test(path) && !/[*+{]/.test(path))
    .map(({ path }) => path);

/** Does a rule open this path? `*` at its end and `+` for a part are its wildcards. */
export function covers({ path, opens }: PolicyRule, wanted: string): boolean {
  if (!opens) return false;
  const glob = path.endsWith('*');
  const parts = (glob ? path.slice(0, -1) : path).split('/');
  const asked = wanted.split('/');
  if (!glob && parts.length !== asked.length) return false;
  if (parts.length > asked.length) return false;
  return parts.every(
    (part, i) => part === '+' || part === asked[i] || (glob && i === parts.length - 1 && asked[i]!.startsWith(part)),
  );
}
