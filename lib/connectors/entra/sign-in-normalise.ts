import { isAutomationName } from '@/lib/connectors/account-model';
import { callerOf } from '@/lib/connectors/caller-model';
import { type EntraRecord, keyed, said } from '@/lib/connectors/entra/read-normalise';
import { agentFamily, isBrowser, systemFamily } from '@/lib/sessions/agent-model';
import { type Loose, listOf, numberOf, objectOf, parsedOf, saying, textOf, wordOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** Access tokens live 60 to 90 minutes: after that a session that shows no new sign-in has no token, seconds. */
const TOKEN_SECS = 5400;
/** A managed identity's token lives for 24 hours and is kept by its host. */
const MANAGED_SECS = 86_400;

type Identity = SessionEventInput['identity'];

export type SignIn = Omit<SessionEventInput, 'source' | 'eventId' | 'at'>;

/** One sign-in: a token was asked for. null: it names nobody. */
export function signInOf({ log, outer, told }: EntraRecord, at: string): SignIn | null {
  const identity = identityOf(log, told);
  if (!identity) return null;
  const status = objectOf(told.status);
  const error = numberOf(status.errorCode) ?? numberOf(outer.resultType) ?? 0;
  const address = callerOf(said(told.ipAddress, 300) ?? outer.callerIpAddress);
  const detail = objectOf(told.deviceDetail);
  const agent = agentFamily(said(told.userAgent, 4096) ?? clientOf(said(detail.browser, 200)));
  const place = objectOf(told.location);
  const where = { network: address.network, agent };
  const passed = error === 0;
  const scope = scopesOf(told);
  const binding = bindingOf(log, told);
  const interactive = told.isInteractive === true;
  return {
    identity,
    session: passed ? sessionOf(log, told, identity.externalId, where) : null,
    credential: log === 'user' ? null : credentialOf(log, told),
    action: log === 'user' ? `sign-in.${interactive ? 'interactive' : 'refresh'}` : `sign-in.${log}`,
    class: 'session',
    outcome: passed ? 'success' : 'failure',
    network: address.network,
    region: said(place.countryOrRegion, 64) ?? said(outer.location, 64),
    agent,
    resource: said(told.resourceDisplayName, 1024) ?? said(told.resourceId, 200),
    attributes: attributesOf(told, error, address.written),
    ...(scope ? { scope } : {}),
    ...(Object.keys(binding).length > 0 ? { binding } : {}),
    ...(passed && (interactive || log !== 'user') ? { trustedAt: at } : {}),
    ...(passed && told.authenticationRequirement === 'multiFactorAuthentication' ? { acr: 'mfa' } : {}),
  };
}

function identityOf(log: EntraRecord['log'], told: Loose): Identity | null {
  const agentic = !/^(?:notAgentic|unknownFutureValue)$/i.test(
    said(objectOf(told.agent).agentType, 60) ?? 'notAgentic',
  );
  if (log !== 'user') {
    const id = said(told.servicePrincipalId, 100) ?? said(told.appId, 100);
    if (!id) return null;
    const name = said(told.servicePrincipalName, 300) ?? said(told.appDisplayName, 300) ?? id;
    const kind = agentic ? 'ai_agent' : log === 'managedIdentity' ? 'workload' : 'service_account';
    return { issuer: 'entra', type: 'servicePrincipal', externalId: id.toLowerCase(), name, kind };
  }
  const login = said(told.userPrincipalName, 300)?.toLowerCase() ?? null;
  const id = said(told.userId, 100)?.toLowerCase() ?? login;
  if (!id) return null;
  const kind = agentic ? 'ai_agent' : isAutomationName(login) ? 'service_account' : 'human';
  return { issuer: 'entra', type: 'user', externalId: id, name: login ?? said(told.userDisplayName, 300) ?? id, kind };
}

interface Where {
  network: string | null;
  agent: string | null;
}

/**
 * Native: a person's `sessionId`, which all tokens of one sign-in carry. Without it, and for service principals (they have
 * none), inferred: who, with which credential or app, from which address and agent. A managed identity shows no address.
 */
function sessionOf(
  log: EntraRecord['log'],
  told: Loose,
  who: string,
  { network, agent }: Where,
): SessionEventInput['session'] {
  const app = said(told.appDisplayName, 80) ?? said(told.servicePrincipalName, 80) ?? said(told.appId, 80) ?? 'sign-in';
  const label = `${app} · ${network ?? 'no address'}`.slice(0, 200);
  const kind = log === 'user' ? (isBrowser(agent) ? 'browser' : 'api') : 'service';
  const base = { kind, label, phase: 'seen', gapSecs: TOKEN_SECS } as const;
  const native = log === 'user' ? said(told.sessionId, 200) : null;
  if (native) return { ...base, key: native.toLowerCase(), observedBy: 'native' };
  if (log === 'managedIdentity') {
    const host = said(objectOf(told.managedServiceIdentity).associatedResourceId, 600);
    return { ...base, key: [who, host].filter(Boolean).join(' '), gapSecs: MANAGED_SECS, observedBy: 'inferred' };
  }
  const by = log === 'user' ? said(told.appId, 100) : (credentialOf(log, told)?.externalId ?? null);
  return { ...base, key: [who, by, network, agent].filter(Boolean).join(' ').slice(0, 2048), observedBy: 'inferred' };
}

/** The key a service principal signed in with: the id Entra's audit log names it by. */
function credentialOf(log: EntraRecord['log'], told: Loose): SessionEventInput['credential'] {
  const key = said(told.servicePrincipalCredentialKeyId, 200)?.toLowerCase();
  const thumbprint = said(told.servicePrincipalCredentialThumbprint, 200);
  if (key) return { externalId: key, kind: thumbprint ? 'certificate' : 'client_secret' };
  if (thumbprint) return { externalId: thumbprint.toLowerCase(), kind: 'certificate' };
  const federated = said(told.federatedCredentialId, 200);
  if (federated) return { externalId: federated.toLowerCase(), kind: 'federated' };
  const id = said(told.servicePrincipalId, 100);
  return log === 'managedIdentity' && id
    ? { externalId: `managed:${id.toLowerCase()}`, kind: 'managed_identity' }
    : null;
}

function bindingOf(log: EntraRecord['log'], told: Loose): NonNullable<SessionEventInput['binding']> {
  const device = said(objectOf(told.deviceDetail).deviceId, 200);
  const runtime = said(objectOf(told.managedServiceIdentity).associatedResourceId, 200);
  const thumbprint = log === 'user' ? null : said(told.servicePrincipalCredentialThumbprint, 200);
  const held =
    log === 'user' && said(told.signInTokenProtectionStatus, 20) === 'bound' && device ? `device ${device}` : null;
  const boundKey = thumbprint ?? held;
  return { ...(device ? { device } : {}), ...(runtime ? { runtime } : {}), ...(boundKey ? { boundKey } : {}) };
}

/** `Oauth Scope Info` is a list in a text. What does not read like a scope is none. */
function scopesOf(told: Loose): string | null {
  const text = keyed(told.authenticationProcessingDetails, 'Oauth Scope Info');
  const names: string[] = [];
  for (const name of listOf(parsedOf(`{"scopes":${text ?? '[]'}}`).scopes, 200)) {
    if (typeof name === 'string' && /^[\w.:/-]{2,200}$/.test(name)) names.push(name);
  }
  return names.join(' ').slice(0, 1024) || null;
}

/** `Chrome 126.0.0` is Chrome; what Entra calls a rich client says nothing. */
const clientOf = (browser: string | null): string | null =>
  browser && !/^Rich Client/i.test(browser) ? browser : null;

function attributesOf(told: Loose, error: number, refused: string | null): SessionEventInput['attributes'] {
  const status = objectOf(told.status);
  const agent = objectOf(told.agent);
  const raw = said(told.userAgent, 4096);
  return saying({
    os: isBrowser(agentFamily(raw)) ? systemFamily(raw) : null,
    app: said(told.appDisplayName, 200),
    appId: said(told.appId, 100),
    error: error === 0 ? null : error,
    failure: error === 0 ? null : said(status.failureReason, 300),
    asn: numberOf(told.autonomousSystemNumber) || null,
    incomingToken: said(told.incomingTokenType, 60),
    // The id of the token that was issued: the unified audit log and Graph's activity log name it again.
    tokenId: said(told.uniqueTokenIdentifier, 200),
    tokenProtection: said(told.signInTokenProtectionStatus, 20),
    protocol: said(told.authenticationProtocol, 60),
    transfer: said(told.originalTransferMethod, 60),
    crossTenant: said(told.crossTenantAccessType, 60),
    risk: said(told.riskLevelDuringSignIn, 20),
    conditionalAccess: said(told.conditionalAccessStatus, 40),
    correlation: said(told.correlationId, 100),
    tenant: said(told.resourceTenantId, 100) ?? textOf(told.tenantId, 100),
    parentApp: said(agent.parentAppId, 100),
    globalSecureAccess: told.isThroughGlobalSecureAccess === true ? true : null,
    managed: wordOf(objectOf(told.deviceDetail).isManaged, 8),
    sourceAddress: refused,
  });
}
