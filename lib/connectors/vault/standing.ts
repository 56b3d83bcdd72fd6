import type { Tested } from '@/lib/connectors/contract';
import type { Catalog } from '@/lib/connectors/vault/catalog';
import { type AppRole, type Token, unnamed } from '@/lib/connectors/vault/catalog-normalise';
import type { Config } from '@/lib/connectors/vault/manifest';
import type { Deps } from '@/lib/connectors/vault/who';
import { BraidError } from '@/lib/platform/errors';
import { listOf, textOf } from '@/lib/sessions/loose-model';

type Check = Tested['checks'][number];
type Mounts = Awaited<ReturnType<Catalog['mounts']>>;

interface Need {
  check: string;
  /** Asked of `sys/capabilities-self`. */
  path: string;
  /** As a policy writes it. */
  rule: string;
  needs: string[];
}

const NEEDS: Need[] = [
  { check: 'List tokens', path: 'auth/token/accessors', rule: 'auth/token/accessors', needs: ['list', 'sudo'] },
  {
    check: 'Look up a token',
    path: 'auth/token/lookup-accessor',
    rule: 'auth/token/lookup-accessor',
    needs: ['update'],
  },
  { check: 'End a token', path: 'auth/token/revoke-accessor', rule: 'auth/token/revoke-accessor', needs: ['update'] },
  { check: 'List entities', path: 'identity/entity/id', rule: 'identity/entity/id', needs: ['list'] },
  { check: 'Disable entities', path: 'identity/entity/id/x', rule: 'identity/entity/id/*', needs: ['read', 'update'] },
  {
    check: 'Make the entity of an unused AppRole',
    path: 'identity/entity',
    rule: 'identity/entity',
    needs: ['update'],
  },
  { check: 'Name it', path: 'identity/entity-alias', rule: 'identity/entity-alias', needs: ['update'] },
  { check: 'Read groups', path: 'identity/group/id/x', rule: 'identity/group/id/*', needs: ['read'] },
  { check: 'See auth methods', path: 'sys/auth', rule: 'sys/auth', needs: ['read'] },
  { check: 'List AppRoles', path: 'auth/approle/role/', rule: 'auth/+/role/', needs: ['list'] },
  { check: 'Read AppRoles', path: 'auth/approle/role/x', rule: 'auth/+/role/+', needs: ['read'] },
  { check: 'Read their role ids', path: 'auth/approle/role/x/role-id', rule: 'auth/+/role/+/role-id', needs: ['read'] },
  {
    check: 'List and make secret ids',
    path: 'auth/approle/role/x/secret-id',
    rule: 'auth/+/role/+/secret-id',
    needs: ['list', 'update'],
  },
  {
    check: 'Look up a secret id',
    path: 'auth/approle/role/x/secret-id/lookup',
    rule: 'auth/+/role/+/secret-id/lookup',
    needs: ['update'],
  },
  {
    check: 'Destroy secret ids',
    path: 'auth/approle/role/x/secret-id-accessor/destroy',
    rule: 'auth/+/role/+/secret-id-accessor/destroy',
    needs: ['update'],
  },
  { check: 'Read policies', path: 'sys/policies/acl/x', rule: 'sys/policies/acl/*', needs: ['read'] },
  { check: 'List leases', path: 'sys/leases/lookup/x', rule: 'sys/leases/lookup/*', needs: ['list', 'sudo'] },
  { check: 'Look up a lease', path: 'sys/leases/lookup', rule: 'sys/leases/lookup', needs: ['update'] },
  { check: 'End a lease', path: 'sys/leases/revoke', rule: 'sys/leases/revoke', needs: ['update'] },
  { check: 'See audit devices', path: 'sys/audit', rule: 'sys/audit', needs: ['read', 'sudo'] },
];

const statement = ({ rule, needs }: Need): string =>
  `path "${rule}" { capabilities = [${needs.map((need) => `"${need}"`).join(', ')}] }`;

/** The policy Braid needs, whole. */
export const POLICY = NEEDS.map(statement).join('\n');

async function rights({ client }: Deps): Promise<Check[]> {
  const asked = await client.call('POST', 'sys/capabilities-self', { paths: NEEDS.map((need) => need.path) });
  return NEEDS.map((need) => {
    const has = listOf(asked.data[need.path]);
    const missing = has.includes('root') ? [] : need.needs.filter((one) => !has.includes(one));
    return missing.length
      ? {
          check: need.check,
          ok: false,
          detail: `${missing.join(' and ')} of ${need.rule} is missing.`,
          fix: statement(need),
        }
      : { check: need.check, ok: true, detail: need.rule };
  });
}

const hours = (secs: number): string =>
  secs < 7_200 ? `${Math.round(secs / 60)} min` : `${Math.round(secs / 3600)} h`;
const some = (names: string[]): string =>
  `${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;

/** How the server itself is set up. What is weak is said, and is no missing right: it keeps Braid from nothing. */
async function posture({ client, catalog }: Deps, config: Config, about: string): Promise<Check[]> {
  const [roles, mounts, tokens, audit] = await Promise.all([
    readable(catalog.appRoles()),
    readable(catalog.mounts()),
    readable(catalog.tokens()),
    readable(client.call('GET', 'sys/audit')),
  ]);
  const found = (check: string, bad: string | null, good: string): Check => ({
    check: `Posture: ${check}`,
    ok: bad === null,
    detail: bad ?? good,
    about,
  });
  return [
    // Of a part only what is wrong can be said.
    ...made(roles ?? [], mounts ?? [], config.longestTtlHours, found).filter((one) => !one.ok || (roles && mounts)),
    ...(audit ? [written(Object.keys(audit.data), found)] : []),
    ...(tokens ? alive(tokens, found) : []),
  ];
}

type Say = (check: string, bad: string | null, good: string) => Check;

/** null: it may not be read. What can be is judged all the same. */
const readable = <T>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((error: unknown) => {
    if (error instanceof BraidError && error.code === 'connector.refused') return null;
    throw error;
  });

/** What roles and mounts make tokens like. */
function made(roles: AppRole[], mounts: Mounts, most: number, found: Say): Check[] {
  const lives = [
    ...roles.map((role) => ({ name: `${role.mount}/${role.name}`, secs: role.maxTtl || role.ttl })),
    ...mounts.map((mount) => ({ name: mount.path, secs: mount.maxTtl })),
  ].sort((a, b) => b.secs - a.secs);
  const long = lives.filter((one) => one.secs > most * 3600).map((one) => `${one.name} (${hours(one.secs)})`);
  const [longest] = lives;
  const batch = [
    ...roles.filter((role) => role.batch).map((role) => `${role.mount}/${role.name}`),
    ...mounts.filter((mount) => mount.batch).map((mount) => mount.path),
  ];
  return [
    found(
      'token lifetime',
      long.length ? `More than ${most} h, the longest first: ${some(long)}.` : null,
      longest && longest.secs > 0
        ? `At most ${hours(longest.secs)} (${longest.name}), where roles and mounts say so.`
        : 'No role and no mount says how long: the server’s own limit holds.',
    ),
    found(
      'batch tokens',
      batch.length ? `Allowed by ${some(batch)}: they can’t be listed.` : null,
      'No role and no mount makes them.',
    ),
  ];
}

function written(names: string[], found: Say): Check {
  const devices = names.filter((name) => name.endsWith('/'));
  return found(
    'audit device',
    devices.length ? null : 'None: nothing that is done here is written down.',
    some(devices),
  );
}

function alive(tokens: Token[], found: Say): Check[] {
  const roots = tokens.filter((token) => token.root);
  const endless = tokens.filter((token) => token.expiresAt === null && !token.root);
  return [
    found(
      'root tokens',
      roots.length ? `${roots.length} alive. Make one when it is needed, and revoke it after.` : null,
      'None is alive.',
    ),
    found(
      'tokens without an end',
      endless.length ? `${endless.length}: ${some([...new Set(endless.map((token) => token.display))])}.` : null,
      'None.',
    ),
  ];
}

export async function standing(deps: Deps, config: Config): Promise<Tested> {
  const self = await deps.client.call('GET', 'auth/token/lookup-self');
  const who = `${self.data.display_name ?? 'token'}${listOf(self.data.policies).includes('root') ? ' (root: more than Braid needs)' : ''}`;
  const checks: Check[] = [{ check: 'Connect', ok: true, detail: `As ${who}.` }, ...(await rights(deps))];
  const root = listOf(self.data.policies).includes('root');
  const own = deps.own.entity ?? unnamed(root ? 'root' : (textOf(self.data.display_name, 200) ?? 'token'));
  checks.push(...(await posture(deps, config, own)));
  await deps.client.renew();
  return { ok: checks.every((check) => check.ok || check.check.startsWith('Posture:')), checks };
}
