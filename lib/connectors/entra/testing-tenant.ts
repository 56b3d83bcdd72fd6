import type { Answered, Asked, Double } from '@/lib/connectors/testing-double';

// What a tenant’s double keeps, and how it refuses.

export const TENANT = 'aaaaaaaa-0000-4000-8000-00000000000a';
export const OWN = 'bbbbbbbb-0000-4000-8000-00000000000b';
export const id = (n: number): string => `cccccccc-0000-4000-8000-${`${n}`.padStart(12, '0')}`;

export interface Principal {
  id: string;
  appId: string;
  displayName: string;
  accountEnabled: boolean;
  servicePrincipalType: string;
  appOwnerOrganizationId: string;
  odata?: string;
  passwords: { keyId: string; startDateTime?: string; endDateTime: string }[];
  keys: { keyId: string; endDateTime: string }[];
}

export interface GraphWorld {
  double: Double;
  principals: Map<string, Principal>;
  registrations: Map<string, { id: string; appId: string; passwords: Principal['passwords']; keys: Principal['keys'] }>;
  users: Map<
    string,
    { id: string; userPrincipalName: string; accountEnabled: boolean; parent: string | null; sessions: number }
  >;
  grants: Map<string, { id: string; clientId: string; consentType: string; scope: string; principalId?: string }>;
  roleAssignments: Map<string, { id: string; appRoleId: string; principalId: string; resourceId: string }[]>;
  /** Client secrets, by the id of the key. */
  secrets: Map<string, string>;
  /** Of every registration. */
  federated: { id: string; name: string; issuer: string; subject: string; audiences: string[] }[];
  /** Tokens given out: whose, and until when they live whatever becomes of it. */
  tokens: Map<string, { appId: string; until: number }>;
  /** How long a token lives, seconds. */
  tokenSecs: number;
  /** Answers every request for a token with this status, once set. */
  loginDown: number | null;
  audits: Record<string, unknown>[];
  signIns: Record<string, unknown>[];
  compromised: Set<string>;
  licensed: boolean;
  roles: string[];
  limited: Record<string, string> | null;
  /** Forgets every delta link given out. */
  forget(): void;
  change(principal: string): void;
  remove(principal: string): void;
  signIn(principal: string): boolean;
}

export type Answers = Record<string, (asked: Asked) => Answered>;

export const error = (status: number, code: string): Answered => ({ status, body: { error: { code, message: code } } });
export const missing = error(404, 'Request_ResourceNotFound');

/** A log’s entries by the filters Braid writes. */
export function logOf(asked: Asked, all: Record<string, unknown>[], time: string): Answered {
  const filter = asked.query.get('$filter') ?? '';
  const from = Date.parse(/ ge (\S+)/.exec(filter)?.[1] ?? '1970-01-01T00:00:00Z');
  const target = /t\/id eq '([^']+)'/.exec(filter)?.[1];
  const found = all.filter(
    (one) =>
      Date.parse(`${one[time]}`) >= from &&
      (!target || (one.targetResources as { id: string }[]).some((each) => each.id === target)),
  );
  if (asked.query.get('$orderby')?.endsWith('desc')) found.reverse();
  return { status: 200, body: { value: found.slice(0, Number(asked.query.get('$top') ?? 100)) } };
}
