import type { Tested } from '@/lib/connectors/contract';
import { SCOPES, saidBy } from '@/lib/connectors/okta/client';
import { type Deps, PATHS } from '@/lib/connectors/okta/read';

/** A scope lets the app ask; its admin role lets it be answered. Each is tried by a call that changes nothing. */
const TRIED: [scope: string, path: string, role: string][] = [
  ['okta.apps.read', `${PATHS.app}?limit=1`, 'Application Administrator, or a custom role with “Manage applications”'],
  [
    'okta.apiTokens.read',
    PATHS.token,
    'Read-only Administrator to list; Organization Administrator to revoke those of others',
  ],
  ['okta.logs.read', '/api/v1/logs?limit=1', 'Report Administrator'],
  ['okta.authorizationServers.read', '/api/v1/authorizationServers?limit=1', 'API Access Management Administrator'],
];

export async function rights({ client, canary }: Deps): Promise<Tested> {
  const checks: Tested['checks'] = SCOPES.map(([scope, what]) => {
    const ok = client.granted.has(scope);
    const fix = `Applications → the service app → Okta API Scopes → ${scope} → Grant.`;
    return { check: scope, ok, detail: ok ? 'granted' : `Not granted. Needed to ${what}.`, ...(ok ? {} : { fix }) };
  });
  for (const [scope, path, role] of TRIED) {
    if (!client.granted.has(scope)) continue;
    const reply = await client.send('GET', path);
    const ok = reply.status === 200;
    const detail = ok ? 'answered' : `Okta answered ${reply.status}. ${saidBy(reply)}`;
    const fix = `Applications → the service app → Admin roles → ${role}.`;
    checks.push({ check: `Role for ${scope}`, ok, detail, ...(ok ? {} : { fix }) });
  }
  checks.push(...(await canary.check()));
  return { ok: checks.every((check) => check.ok), checks };
}
