import type { Tested } from '@/lib/connectors/contract';
import type { Standing } from '@/lib/connectors/postgres/catalog';
import { isProtected, type RoleRow } from '@/lib/connectors/postgres/normalise';

type Check = Tested['checks'][number];

function adminCheck(standing: Standing, roles: RoleRow[]): Check {
  const revocable = roles.filter((role) => !isProtected(role));
  const missing = revocable.filter((role) => !role.manageable);
  if (!missing.length) {
    return {
      check: 'Block logins of every role',
      ok: true,
      detail: `All ${revocable.length} unprotected login roles can be blocked and restored.`,
    };
  }
  const names = missing
    .slice(0, 10)
    .map((role) => role.rolname)
    .join(', ');
  const more = missing.length > 10 ? ` and ${missing.length - 10} more` : '';
  return {
    check: 'Block logins of every role',
    ok: false,
    detail: `${missing.length} of ${revocable.length} login roles can't be blocked (no ADMIN OPTION): ${names}${more}.`,
    fix: missing
      .map((role) =>
        standing.version >= 160000
          ? `GRANT ${role.quoted} TO ${standing.meSql} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;`
          : `GRANT ${role.quoted} TO ${standing.meSql} WITH ADMIN OPTION;`,
      )
      .join('\n'),
  };
}

/** What the connector's role may do and, where it may not, the SQL that grants exactly that and no more. */
export function checkStanding(standing: Standing, roles: RoleRow[], sameCluster: boolean): Tested {
  const me = standing.meSql;
  const grant = (what: string) => `GRANT ${what} TO ${me};`;
  const checks: Check[] = [
    {
      check: 'Connect',
      ok: true,
      detail: `As ${standing.me}${standing.superuser ? ' (superuser: more than Braid needs)' : ''}, PostgreSQL ${Math.floor(standing.version / 10000)}.`,
    },
    {
      check: 'See all sessions',
      ok: standing.seesAll,
      detail: standing.seesAll
        ? 'Start time and address of every backend are visible.'
        : 'Start time and address of other roles’ backends are hidden.',
      ...(standing.seesAll ? {} : { fix: grant('pg_read_all_stats') }),
    },
    {
      check: 'End sessions',
      ok: standing.signals,
      detail: standing.signals
        ? 'Backends of every role that is no superuser can be ended.'
        : 'Backends of other roles can’t be ended.',
      ...(standing.signals ? {} : { fix: grant('pg_signal_backend') }),
    },
    {
      check: 'Change roles',
      ok: standing.createRole,
      detail: standing.createRole ? 'The role may alter roles.' : 'The role may not alter any role.',
      ...(standing.createRole ? {} : { fix: `ALTER ROLE ${me} CREATEROLE;` }),
    },
    standing.createRole
      ? adminCheck(standing, roles)
      : adminCheck(
          standing,
          roles.map((role) => ({ ...role, manageable: false })),
        ),
    {
      check: 'Protected roles',
      ok: true,
      detail: `${roles
        .filter(isProtected)
        .map((role) => role.rolname)
        .slice(0, 10)
        .join(
          ', ',
        )}: shown, never revoked.${sameCluster ? ' This is the server Braid itself runs on: Braid’s own roles are protected.' : ''}`,
    },
  ];
  return { ok: checks.every((check) => check.ok), checks };
}
