import type { Tested } from '@/lib/connectors/contract';
import type { Deps } from '@/lib/connectors/github/read';
import { objectOf } from '@/lib/sessions/loose-model';

/** What the app needs, by the name GitHub's API gives it, and the words of its settings page. */
const NEEDED: [permission: string, access: 'read' | 'write', page: string, what: string][] = [
  [
    'organization_personal_access_tokens',
    'write',
    'Organization permissions → Personal access tokens',
    'list and revoke token grants',
  ],
  [
    'organization_administration',
    'write',
    'Organization permissions → Administration',
    'list installations, read the audit log, remove single sign-on authorizations',
  ],
  ['administration', 'write', 'Repository permissions → Administration', 'list, remove and put back deploy keys'],
  ['metadata', 'read', 'Repository permissions → Metadata', 'list repositories'],
];

const enough = (has: unknown, needs: 'read' | 'write') => has === 'write' || has === 'admin' || has === needs;

/** Reads what the app may do in the organization, and tries what no permission tells. */
export async function rights(deps: Deps): Promise<Tested> {
  const { client, config } = deps;
  const installed = await client.app.send('GET /app/installations/{installation_id}', { installation_id: deps.own });
  const permissions = objectOf(objectOf(installed.data).permissions);
  const checks: Tested['checks'] = NEEDED.map(([permission, access, page, what]) => {
    const ok = enough(permissions[permission], access);
    const has = permissions[permission] ?? 'none';
    const fix = `App settings → Permissions & events → ${page}: ${access === 'write' ? 'Read and write' : 'Read-only'}. Then accept it in the organization.`;
    return { check: page, ok, detail: `${permission}: ${has}. Needed to ${what}.`, ...(ok ? {} : { fix }) };
  });
  const log = await client.organization.send('GET /orgs/{org}/audit-log', { org: config.organization, per_page: 1 });
  checks.push({
    check: 'Audit log',
    ok: log.status === 200,
    detail: log.status === 200 ? 'It is handed over.' : `GitHub answered ${log.status}.`,
    ...(log.status === 200 ? {} : { fix: 'The audit log’s API needs GitHub Enterprise Cloud.' }),
  });
  const held = Object.keys(deps.secrets.appKeys);
  for (const id of held) {
    const known = await client.appOf(id)!.send('GET /app');
    const ok = known.status === 200;
    const fix = 'Make a new private key in that app’s settings and paste it here.';
    checks.push({
      check: `Key of app ${id}`,
      ok,
      detail: ok ? 'It is taken.' : `GitHub answered ${known.status}.`,
      ...(ok ? {} : { fix }),
    });
  }
  checks.push(...(await deps.canary.check()));
  return { ok: checks.every((check) => check.ok), checks };
}
