import { z } from 'zod';

export const ROLES = ['viewer', 'analyst', 'responder', 'admin'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = (typeof ROLES)[number];

export const SCOPES = ['decide', 'ingest', 'read', 'respond', 'admin'] as const;
export const scopeSchema = z.enum(SCOPES);
export type Scope = (typeof SCOPES)[number];

/** Everything that can be asked of Braid, as `noun.verb`. `console.read` covers every page and list. */
export const PERMISSIONS = [
  'console.read',
  'finding.write',
  'note.write',
  'identity.annotate', // owner, purpose, environment, limit
  'session.terminate',
  'identity.revoke',
  'identity.pause',
  'identity.restore',
  'import.run',
  'report.take',
  'operator.manage',
  'token.manage',
  'connector.manage',
  'policy.manage',
  'decision.ask',
  'event.ingest',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const VIEWER: Permission[] = ['console.read'];
const ANALYST: Permission[] = [
  ...VIEWER,
  'finding.write',
  'note.write',
  'identity.annotate',
  'import.run',
  'report.take',
];
const RESPONDER: Permission[] = [
  ...ANALYST,
  'session.terminate',
  'identity.revoke',
  'identity.pause',
  'identity.restore',
];

/** The one table of who may do what. */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  viewer: VIEWER,
  analyst: ANALYST,
  responder: RESPONDER,
  admin: PERMISSIONS.filter((permission) => permission !== 'decision.ask' && permission !== 'event.ingest'),
};

export const SCOPE_PERMISSIONS: Record<Scope, readonly Permission[]> = {
  decide: ['decision.ask'],
  ingest: ['event.ingest', 'import.run'],
  read: VIEWER,
  respond: RESPONDER,
  admin: PERMISSIONS,
};

/** Who acts. The audit log's vocabulary. */
export type Actor =
  | { kind: 'operator'; id: string; name: string; role: Role }
  | { kind: 'token'; id: string; name: string; scopes: Scope[]; issuer: string }
  | { kind: 'cli'; name: string } // `cli:<os user>`: whoever can open the database may do everything
  | { kind: 'system'; name: string } // a job
  | { kind: 'policy'; name: string };

/** What every verb that changes something takes beside its input. */
export interface Ctx {
  actor: Actor;
  requestId?: string;
  ip?: string;
}

export const systemCtx = (name: string): Ctx => ({ actor: { kind: 'system', name } });

export function permissionsOf(actor: Actor): readonly Permission[] {
  if (actor.kind === 'operator') return ROLE_PERMISSIONS[actor.role];
  if (actor.kind === 'token') return actor.scopes.flatMap((scope) => SCOPE_PERMISSIONS[scope]);
  return PERMISSIONS;
}

export const may = (actor: Actor, permission: Permission): boolean => permissionsOf(actor).includes(permission);
