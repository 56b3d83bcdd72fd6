import type { Tested } from '@/lib/connectors/contract';
import { readRealm } from '@/lib/connectors/keycloak/catalog';
import type { Client } from '@/lib/connectors/keycloak/client';
import type { Config, Secrets } from '@/lib/connectors/keycloak/manifest';

/** Role of `realm-management` → what Braid does with it. */
const NEEDED: [role: string, what: string, check: string][] = [
  ['view-realm', 'reads how long tokens live and which clients have sessions', 'Read the realm'],
  ['view-clients', 'finds clients with a service account and lists their sessions', 'See clients and sessions'],
  ['view-users', 'reads which roles a service account has', 'See roles of service accounts'],
  ['view-events', 'takes over user and admin events', 'Read events'],
  [
    'manage-clients',
    'disables a client, sets its not-before, gives it a new secret, removes a rotated one',
    'Disable clients',
  ],
  ['manage-users', 'ends sessions, signs service accounts out, takes consents back', 'End sessions'],
];
const IMPLIED: Record<string, string[]> = { 'view-clients': ['manage-clients'], 'view-users': ['manage-users'] };

const grant = (config: Config, role: string) =>
  `kcadm.sh add-roles -r ${config.realm} --uusername service-account-${config.clientId.toLowerCase()} --cclientid realm-management --rolename ${role}`;

export async function checkRights(client: Client, config: Config, secrets: Secrets): Promise<Tested> {
  const roles = await client.ownRoles();
  const has = (role: string) =>
    roles.includes('realm-admin') || [role, ...(IMPLIED[role] ?? [])].some((one) => roles.includes(one));
  const checks: Tested['checks'] = NEEDED.map(([role, what, check]) => {
    const ok = has(role);
    return { check, ok, detail: `${role}: ${what}.`, ...(ok ? {} : { fix: grant(config, role) }) };
  });
  if (has('view-realm')) {
    const realm = await readRealm(client);
    const on = realm.eventsEnabled && realm.adminEventsEnabled;
    checks.push({
      check: 'Events are recorded',
      ok: on,
      detail: on
        ? 'User and admin events are kept.'
        : 'Keycloak keeps no events: logins by client credentials leave no other trace.',
      ...(on
        ? {}
        : { fix: `kcadm.sh update events/config -r ${config.realm} -s eventsEnabled=true -s adminEventsEnabled=true` }),
    });
  }
  if (config.canary) {
    const got = secrets.canarySecret ? await client.login(config.canary, secrets.canarySecret) : null;
    if (got) await client.drop(config.canary, secrets.canarySecret, got.refresh_token ?? got.access_token);
    checks.push({
      check: 'Canary can log in',
      ok: Boolean(got),
      detail: got ? `${config.canary} was let in.` : `${config.canary} was refused with the secret given.`,
    });
  }
  return { ok: checks.every((one) => one.ok), checks };
}
