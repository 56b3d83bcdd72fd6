import type { Tested } from '@/lib/connectors/contract';
import type { Deps } from '@/lib/connectors/entra/read';

/** Application permissions of Microsoft Graph, least first; a stronger one in the list serves as well. */
const needed = ({ config }: Deps): [permissions: string[], what: string][] => [
  [
    ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'],
    'list service principals and applications',
  ],
  [
    ['Application.ReadWrite.All', 'Application.EnableDisableAccount.All'],
    'disable a service principal and give it back',
  ],
  [['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'], 'find the accounts of agent identities'],
  [['User.EnableDisableAccount.All', 'User.ReadWrite.All'], 'disable them with it'],
  [['User.RevokeSessions.All', 'User.ReadWrite.All'], 'end their sessions'],
  [['AuditLog.Read.All'], 'read sign-in and audit logs'],
  [['DelegatedPermissionGrant.ReadWrite.All'], 'tell who signs in through an application, and take consents back'],
  [['Application.ReadWrite.All'], 'give an application another client secret, remove client secrets and keys'],
  ...(config.confirmCompromised
    ? ([[['IdentityRiskyServicePrincipal.ReadWrite.All'], 'confirm as compromised']] as [string[], string][])
    : []),
];

/** Reads the permissions in the token, and tries the calls that a license decides. */
export async function rights(deps: Deps): Promise<Tested> {
  const { client, config } = deps;
  const has = await client.roles();
  const checks: Tested['checks'] = needed(deps).map(([permissions, what]) => {
    const found = permissions.find((one) => has.has(one));
    const least = permissions[0]!;
    const fix = `App registrations → the app → API permissions → Microsoft Graph → Application permissions → ${least}. Then grant admin consent.`;
    return {
      check: least,
      ok: found !== undefined,
      detail: found ? `granted as ${found}` : `Not granted. Needed to ${what}.`,
      ...(found ? {} : { fix }),
    };
  });
  const audits = await client.send('GET', '/v1.0/auditLogs/directoryAudits', { query: { $top: 1 } });
  const ok = audits.status === 200;
  const fix = 'The logs’ API needs Microsoft Entra ID P1 or P2.';
  checks.push({
    check: 'Audit log',
    ok,
    detail: ok ? 'It is handed over.' : `Graph answered ${audits.status}.`,
    ...(ok ? {} : { fix }),
  });
  if (config.confirmCompromised) {
    const risky = await client.send('GET', '/v1.0/identityProtection/riskyServicePrincipals', { query: { $top: 1 } });
    const licensed = risky.status === 200;
    const buy = 'It needs Workload ID Premium: get it, or switch “Confirm as compromised” off.';
    checks.push({
      check: 'ID Protection',
      ok: licensed,
      detail: licensed ? 'It answers.' : `Graph answered ${risky.status}.`,
      ...(licensed ? {} : { fix: buy }),
    });
  }
  checks.push(...(await deps.canary.check()));
  return { ok: checks.every((check) => check.ok), checks };
}
