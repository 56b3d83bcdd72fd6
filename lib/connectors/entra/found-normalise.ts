import { isAutomationName } from '@/lib/connectors/account-model';
import type { FoundIdentity } from '@/lib/connectors/model';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The tenants Microsoft’s own applications are from: they belong to the platform, and nobody ends them. */
const MICROSOFT = new Set(['f8cdef31-a31e-4b4a-93e4-5f571e91255a', '72f988bf-86f1-41af-91ab-2d7cd011db47']);

/** `<id>`: a service principal, as the logs name it. `user:<id>`: an account that belongs to an agent identity. */
export function targetOf(externalId: string): { kind: 'principal' | 'user'; id: string } | null {
  const [, prefix, id] = /^(user:)?(.{36})$/.exec(externalId) ?? [];
  return id && GUID.test(id) ? { kind: prefix ? 'user' : 'principal', id } : null;
}

const guid = (value: unknown): string | null => {
  const id = textOf(value, 36)?.toLowerCase();
  return id && GUID.test(id) ? id : null;
};

const time = (value: unknown): string | undefined => {
  const at = textOf(value, 40);
  return at && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : undefined;
};

/** Secrets and certificates of a service principal or an application registration. */
function credentialsOf(holder: Record<string, unknown>): FoundIdentity['credentials'] {
  const read = (list: unknown, kind: string) =>
    listOf(list, 100).flatMap((one) => {
      const id = guid(objectOf(one).keyId);
      const expiresAt = time(objectOf(one).endDateTime);
      return id ? [{ externalId: id, kind, ...(expiresAt ? { expiresAt } : {}) }] : [];
    });
  return [...read(holder.passwordCredentials, 'client_secret'), ...read(holder.keyCredentials, 'certificate')];
}

function kindOf(type: string, odata: string): FoundIdentity['kind'] {
  if (/agentIdentity/i.test(odata) || /agent/i.test(type)) return 'ai_agent';
  if (/managedIdentity/i.test(type)) return 'workload';
  return /socialIdp/i.test(type) ? 'oauth_app' : 'service_account';
}

/**
 * A service principal. `registration`: the application it stands for, where that is the tenant’s own. null: Microsoft’s own
 * applications are left out, there are hundreds in every tenant.
 */
export function principalFound(raw: unknown, own: string, registration: unknown = {}): FoundIdentity | null {
  const one = objectOf(raw);
  const id = guid(one.id);
  if (!id || MICROSOFT.has(guid(one.appOwnerOrganizationId) ?? '')) return null;
  const type = textOf(one.servicePrincipalType, 60) ?? '';
  const odata = textOf(one['@odata.type'], 100) ?? '';
  const app = guid(one.appId);
  const byId = new Map(
    [...credentialsOf(one), ...credentialsOf(objectOf(registration))].map((each) => [each.externalId, each]),
  );
  const purpose = textOf(one.description, 500) ?? textOf(one.notes, 500);
  return {
    externalId: id,
    name: textOf(one.displayName, 250) ?? id,
    kind: kindOf(type, odata),
    protected: app === own,
    enabled: one.accountEnabled !== false && one.isDisabled !== true,
    ...(purpose ? { purpose } : {}),
    credentials: [...byId.values()],
    attributes: {
      appId: app,
      type: odata.replace(/^#microsoft\.graph\./, '') || type || null,
      disabledByMicrosoft: textOf(one.disabledByMicrosoftStatus, 60),
      blueprint: textOf(one.agentIdentityBlueprintId, 60),
    },
    logNames: [...new Set([id, app])].flatMap((name) => (name ? [{ issuer: 'entra', externalId: name }] : [])),
  };
}

/** An account of an agent identity (gap G14). */
export function companionFound(raw: unknown): FoundIdentity | null {
  const one = objectOf(raw);
  const id = guid(one.id);
  if (!id) return null;
  const login = textOf(one.userPrincipalName, 250)?.toLowerCase() ?? null;
  return {
    externalId: `user:${id}`,
    name: login ?? id,
    kind: isAutomationName(login) ? 'service_account' : 'ai_agent',
    protected: false,
    enabled: one.accountEnabled !== false,
    credentials: [],
    attributes: { parent: guid(one.identityParentId) },
    logNames: [{ issuer: 'entra', externalId: id }],
  };
}
