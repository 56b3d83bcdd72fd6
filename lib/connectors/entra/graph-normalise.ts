import { callerOf } from '@/lib/connectors/caller-model';
import { said } from '@/lib/connectors/entra/read-normalise';
import { agentFamily, isBrowser } from '@/lib/sessions/agent-model';
import { type Loose, numberOf, saying, textOf, wordOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

/** Access tokens live 60 to 90 minutes: what shows no call for longer has another one, seconds. */
const TOKEN_SECS = 5400;

/** One call of the Microsoft Graph API: what a token is used for after it was issued. null: it names nobody. */
export function callOf(told: Loose): Omit<SessionEventInput, 'source' | 'eventId' | 'at'> | null {
  const user = said(told.userId, 100)?.toLowerCase();
  const who = user ?? said(told.servicePrincipalId, 100)?.toLowerCase() ?? said(told.appId, 100)?.toLowerCase();
  if (!who) return null;
  const method = textOf(told.requestMethod, 10)?.toUpperCase() ?? 'GET';
  const path = pathOf(textOf(told.requestUri, 4096) ?? '');
  const address = callerOf(told.ipAddress);
  const agent = agentFamily(told.userAgent);
  const code = numberOf(told.responseStatusCode);
  // The id of the sign-in that issued the token: the sign-in log's `uniqueTokenIdentifier`.
  const token = said(told.signInActivityId, 200);
  const session = user ? (said(told.c_Sid, 200) ?? said(told.sessionId, 200))?.toLowerCase() : null;
  const key =
    session ?? [who, token ?? said(told.appId, 100), token ? null : address.network].filter(Boolean).join(' ');
  const scope = said(told.scopes, 1024) ?? said(told.roles, 1024);
  const device = said(told.C_DeviceId ?? told.c_DeviceId ?? told.deviceId, 200);
  const issued = readInstant(told.tokenIssuedAt);
  return {
    identity: {
      issuer: 'entra',
      type: user ? 'user' : 'servicePrincipal',
      externalId: who,
      name: who,
      kind: user ? 'human' : 'service_account',
    },
    session: {
      key,
      kind: isBrowser(agent) ? 'browser' : 'api',
      label: `Microsoft Graph · ${address.network ?? 'no address'}`,
      phase: 'seen',
      gapSecs: TOKEN_SECS,
      observedBy: session ? 'native' : token ? 'derived' : 'inferred',
    },
    credential: !user && token ? { externalId: `token:${token}`, kind: 'access_token' } : null,
    action: `graph:${method} ${path}`.slice(0, 200),
    class: classOf(method, path),
    outcome: code !== null && code >= 400 ? 'failure' : 'success',
    network: address.network,
    region: null,
    agent,
    resource: path.slice(0, 1024) || null,
    attributes: saying({
      appId: said(told.appId, 100),
      code,
      tokenId: token,
      clientAuth: wordOf(told.clientAuthMethod, 10),
      bytes: numberOf(told.responseSizeBytes),
      sourceAddress: address.written,
    }),
    ...(scope ? { scope } : {}),
    ...(device ? { binding: { device } } : {}),
    ...(issued ? { trustedAt: issued } : {}),
  };
}

/** The path of a call, without host, version and query, and with `{id}` for what names one person, device or item. */
function pathOf(uri: string): string {
  const path = uri.replace(/^https?:\/\/[^/]{1,200}/, '').split('?')[0] as string;
  return path
    .replace(/^\/+(?:v1\.0|beta)\/*/, '/')
    .slice(0, 600)
    .split('/')
    .map((part) => (/^[0-9a-f]{8}-[0-9a-f-]{20,}$|@|^[A-Za-z0-9_=!-]{40,}$/i.test(part) ? '{id}' : part))
    .join('/');
}

function classOf(method: string, path: string): SessionEventInput['class'] {
  if (/\/(?:content|\$value|export\w*|getByIds)$/i.test(path) && method === 'GET')
    return /photo/i.test(path) ? 'read' : 'export';
  if (/\/approve/i.test(path)) return 'approval';
  return method === 'GET' ||
    method === 'HEAD' ||
    /\/(?:\$batch|getByIds|search\/query|microsoft\.graph\.delta)$/i.test(path)
    ? 'read'
    : 'change';
}
