// Records as their sources write them, in a few words, and facts of any other source in Braid's own form.
import type { SessionEventInput } from '@/lib/sessions/model';

/** A record and the format that reads it; `event`: a fact that is normalised already. */
export type Recorded = { at: number; format: string; record: unknown } | { at: number; event: SessionEventInput };

export const iso = (ms: number): string => new Date(ms).toISOString();
let serial = 0;
const nextId = (): string => `bench-${String(++serial).padStart(8, '0')}`;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

interface Cloud {
  at: number;
  action: string;
  service?: string;
  user?: string;
  role?: string;
  roleSession?: string;
  created?: number;
  key?: string;
  ip: string;
  agent: string;
  readOnly?: boolean;
  asked?: object;
  answered?: object;
  error?: string;
  vpcEndpoint?: string;
}

/** CloudTrail. */
export function cloudtrail({
  at,
  action,
  service = 'ec2',
  user,
  role,
  roleSession,
  created,
  key,
  ip,
  agent,
  readOnly,
  asked,
  answered,
  error,
  vpcEndpoint,
}: Cloud): Recorded {
  const account = '111122223333';
  const userIdentity = role
    ? {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${account}:assumed-role/${role}/${roleSession}`,
        accountId: account,
        accessKeyId:
          key ??
          `ASIA${role
            .toUpperCase()
            .replace(/[^A-Z]/g, '')
            .slice(0, 12)}`,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/${role}`, userName: role },
          attributes: { creationDate: iso(created ?? at).replace(/\.\d+Z/, 'Z'), mfaAuthenticated: 'false' },
        },
      }
    : {
        type: 'IAMUser',
        arn: `arn:aws:iam::${account}:user/${user}`,
        accountId: account,
        userName: user,
        accessKeyId: key,
      };
  return {
    at,
    format: 'aws',
    record: {
      eventVersion: '1.08',
      eventID: nextId(),
      eventTime: iso(at),
      eventName: action,
      eventSource: `${service}.amazonaws.com`,
      awsRegion: 'eu-west-1',
      sourceIPAddress: ip,
      userAgent: agent,
      userIdentity,
      readOnly: readOnly ?? /^(?:Get|List|Describe)/.test(action),
      ...(asked ? { requestParameters: asked } : {}),
      ...(answered ? { responseElements: answered } : {}),
      ...(error ? { errorCode: error } : {}),
      ...(vpcEndpoint ? { vpcEndpointId: vpcEndpoint } : {}),
    },
  };
}

interface Directory {
  at: number;
  type: string;
  who: string;
  session?: string;
  ip: string;
  country?: string;
  agent: string;
  device?: string;
  target?: { type: string; id: string; alternateId?: string }[];
  result?: 'SUCCESS' | 'FAILURE';
  proxy?: boolean;
}

/** Okta System Log. */
export function okta({
  at,
  type,
  who,
  session,
  ip,
  country,
  agent,
  device,
  target = [],
  result = 'SUCCESS',
  proxy,
}: Directory): Recorded {
  return {
    at,
    format: 'okta',
    record: {
      uuid: nextId(),
      published: iso(at),
      eventType: type,
      version: '0',
      severity: 'INFO',
      displayMessage: type,
      actor: { id: `00u${who}`, type: 'User', alternateId: `${who}@example.com`, displayName: who },
      client: { ipAddress: ip, userAgent: { rawUserAgent: agent }, geographicalContext: country ? { country } : null },
      outcome: { result },
      target: target.map((each) => ({ displayName: each.id, ...each })),
      authenticationContext: { externalSessionId: session ?? 'unknown', authenticationStep: 0 },
      securityContext: { isProxy: proxy ?? false },
      debugContext: { debugData: device ? { dtHash: device } : {} },
      transaction: { id: nextId(), type: 'WEB' },
    },
  };
}

interface Cluster {
  at: number;
  account: string;
  verb: string;
  resource: string;
  subresource?: string;
  ip: string;
  agent: string;
  code?: number;
}

/** Kubernetes audit. */
export function kubernetes({ at, account, verb, resource, subresource, ip, agent, code = 200 }: Cluster): Recorded {
  return {
    at,
    format: 'kubernetes',
    record: {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: nextId(),
      stage: 'ResponseComplete',
      requestURI: `/api/v1/namespaces/prod/${resource}`,
      verb,
      user: {
        username: `system:serviceaccount:prod:${account}`,
        uid: account,
        groups: ['system:serviceaccounts'],
        extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${account}-token`] },
      },
      sourceIPs: [ip],
      userAgent: agent,
      objectRef: { resource, namespace: 'prod', apiVersion: 'v1', ...(subresource ? { subresource } : {}) },
      responseStatus: { code },
      requestReceivedTimestamp: iso(at),
      stageTimestamp: iso(at),
    },
  };
}

export interface Told extends Partial<Omit<SessionEventInput, 'identity' | 'session' | 'credential' | 'at'>> {
  at: number;
  who: string;
  kind?: SessionEventInput['identity']['kind'];
  type?: string;
  session?: string | null;
  sessionKind?: NonNullable<SessionEventInput['session']>['kind'];
  phase?: 'open' | 'close' | 'seen';
  credential?: { externalId: string; kind: string } | null;
}

/** A fact of any source. */
export function fact({
  at,
  who,
  kind = 'service_account',
  type = 'account',
  session = null,
  sessionKind = 'api',
  phase = 'seen',
  credential = null,
  ...rest
}: Told): Recorded {
  return {
    at,
    event: {
      source: 'bench',
      eventId: nextId(),
      action: 'thing.read',
      class: 'read',
      outcome: 'success',
      network: null,
      region: null,
      agent: null,
      resource: null,
      attributes: {},
      ...rest,
      at: iso(at),
      identity: { issuer: 'bench', type, externalId: who, name: who, kind },
      session: session === null ? null : { key: session, kind: sessionKind, label: session, phase, gapSecs: 1800 },
      credential,
    },
  };
}
