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
  'identity.rotate',
  'secret.take', // the new secret of an identity that was rotated: it acts as that identity
  'identity.pause',
  'identity.restore',
  'approval.answer',
  'import.run',
  'report.take',
  'operator.manage',
  'token.manage',
  'connector.manage',
  'notification.manage',
  'response.manage', // rules that act on findings, and their guardrails
  'signal.manage', // who receives shared signals, and whom Braid listens to
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
  'identity.rotate',
  'identity.pause',
  'identity.restore',
  'approval.answer',
];

/** The one table of who may do what. */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  viewer: VIEWER,
  analyst: ANALYST,
  responder: RESPONDER,
  admin: PERMISSIONS.filter((permission) => permission !== 'decision.ask' && permission !== 'event.ingest'),
};

/** What a role for a time never gives: an operator or a token made with it would outlive it. */
const LASTING: readonly Permission[] = ['operator.manage', 'token.manage'];

/** Is this role more than that one? They stand in order, each with all that the one before it may. */
export const above = (role: Role, other: Role): boolean => ROLES.indexOf(role) > ROLES.indexOf(other);

/** What somebody of this role may do while another one is granted to them for a time. */
export const permissionsWith = (own: Role, granted: Role): readonly Permission[] => [
  ...ROLE_PERMISSIONS[own],
  ...ROLE_PERMISSIONS[granted].filter((one) => !ROLE_PERMISSIONS[own].includes(one) && !LASTING.includes(one)),
];

export const SCOPE_PERMISSIONS: Record<Scope, readonly Permission[]> = {
  decide: ['decision.ask'],
  ingest: ['event.ingest', 'import.run'],
  read: VIEWER,
  respond: RESPONDER,
  admin: PERMISSIONS,
};

/** How an enforcement point knows shared state: it asks each time, acts on an answer for a while, spends what it was allotted, or tells afterwards. */
export const POINT_MODES = ['online', 'bounded', 'offline', 'legacy'] as const;
export type PointMode = (typeof POINT_MODES)[number];

export interface EnforcementPoint {
  mode: PointMode;
  /** bounded: seconds for which it may act on an answer. */
  staleSecs: number | null;
  /** Seconds after which what it was allowed becomes final; null: at once. */
  settleAfterSecs: number | null;
}

/** A role that the operator holds for a time, in the console session in which they act. */
export interface HeldGrant {
  id: string;
  role: Role;
  /** Milliseconds since the epoch: from this one on it is over. */
  untilMs: number;
}

/** Who acts. The audit log's vocabulary. */
export type Actor =
  | { kind: 'operator'; id: string; name: string; role: Role; grant?: HeldGrant }
  | { kind: 'token'; id: string; name: string; scopes: Scope[]; issuer: string; point?: EnforcementPoint }
  | { kind: 'cli'; name: string } // `cli:<os user>`: whoever can open the database may do everything
  | { kind: 'system'; name: string } // a job
  | { kind: 'policy'; name: string };

/** What every verb that changes something takes beside its input. */
export interface Ctx {
  actor: Actor;
  requestId?: string;
  ip?: string;
  /** The console session of an operator who acts in person. */
  sessionId?: string;
}

export const systemCtx = (name: string): Ctx => ({ actor: { kind: 'system', name } });

export function permissionsOf(actor: Actor): readonly Permission[] {
  if (actor.kind === 'operator')
    return actor.grant ? permissionsWith(actor.role, actor.grant.role) : ROLE_PERMISSIONS[actor.role];
  if (actor.kind === 'token') return actor.scopes.flatMap((scope) => SCOPE_PERMISSIONS[scope]);
  return PERMISSIONS;
}

/** Who acts at this millisecond: without the role that was theirs for a time, once that is over. */
export const actorAt = (actor: Actor, ms: number): Actor =>
  actor.kind === 'operator' && actor.grant && ms >= actor.grant.untilMs ? { ...actor, grant: undefined } : actor;

export const may = (actor: Actor, permission: Permission): boolean => permissionsOf(actor).includes(permission);

// ── what is typed in ──

export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email('is not an e-mail address'));
/** Length is what counts (NIST SP 800-63B): 10 to 256 characters, any of them. */
export const passwordSchema = z.string().min(10, 'needs at least 10 characters').max(256);
const nameSchema = z.string().trim().min(1, 'is missing').max(100);

export const signInSchema = z.strictObject({ email: emailSchema, password: z.string().min(1).max(256) });
export type SignInInput = z.input<typeof signInSchema>;

export const firstOperatorSchema = z.strictObject({
  token: z.string().min(1).max(200),
  email: emailSchema,
  name: nameSchema,
  password: passwordSchema,
});
export type FirstOperatorInput = z.input<typeof firstOperatorSchema>;

export const createOperatorSchema = z.strictObject({
  email: emailSchema,
  name: nameSchema,
  role: roleSchema,
  password: passwordSchema,
});
export type CreateOperatorInput = z.input<typeof createOperatorSchema>;

export const updateOperatorSchema = z.strictObject({
  id: z.uuid(),
  role: roleSchema.optional(),
  state: z.enum(['active', 'disabled']).optional(),
});
export type UpdateOperatorInput = z.input<typeof updateOperatorSchema>;

export const changeOwnPasswordSchema = z.strictObject({ current: z.string().min(1).max(256), next: passwordSchema });
export type ChangeOwnPasswordInput = z.input<typeof changeOwnPasswordSchema>;

export const endOperatorSessionSchema = z.strictObject({ id: z.uuid() });
export type EndOperatorSessionInput = z.input<typeof endOperatorSessionSchema>;

export const createTokenSchema = z.strictObject({
  name: nameSchema,
  scopes: z.array(scopeSchema).min(1, 'needs at least one scope').max(SCOPES.length),
  /** Namespace in which this caller's subject ids are read. */
  issuer: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[\w.:/-]+$/, 'may hold letters, digits and . _ : / -')
    .default('default'),
  /** Whole days from now; absent: it does not expire by itself. */
  expiresInDays: z.number().int().min(1).max(3650).optional(),
});
export type CreateTokenInput = z.input<typeof createTokenSchema>;

const secs = (most: number) => z.number().int().min(1).max(most);
export const setPointSchema = z
  .strictObject({
    id: z.uuid(),
    mode: z.enum(POINT_MODES),
    staleSecs: secs(86_400).nullable().default(null),
    settleAfterSecs: secs(31_622_400).nullable().default(null),
  })
  .refine((point) => (point.mode === 'bounded') === (point.staleSecs !== null), {
    path: ['staleSecs'],
    message: 'belongs to mode bounded, and bounded needs it',
  });
export type SetPointInput = z.input<typeof setPointSchema>;

export const revokeTokenSchema = z.strictObject({ id: z.uuid(), reason: z.string().trim().max(2000).default('') });
export type RevokeTokenInput = z.input<typeof revokeTokenSchema>;

// ── what is shown ──

export const operatorRowSchema = z.strictObject({
  id: z.uuid(),
  email: z.string().max(254),
  name: z.string().max(100),
  role: roleSchema,
  state: z.enum(['active', 'disabled']),
  createdAt: z.string().max(40),
  lastSignInAt: z.string().max(40).nullable(),
});
export type OperatorRow = z.infer<typeof operatorRowSchema>;

export const tokenRowSchema = z.strictObject({
  id: z.uuid(),
  name: z.string().max(100),
  issuer: z.string().max(200),
  scopes: z.array(scopeSchema).max(SCOPES.length),
  /** First characters, to recognise it; never enough to use it. */
  prefix: z.string().max(16),
  state: z.enum(['active', 'expired', 'revoked']),
  createdAt: z.string().max(40),
  createdBy: z.string().max(200),
  lastUsedAt: z.string().max(40).nullable(),
  expiresAt: z.string().max(40).nullable(),
  revokedAt: z.string().max(40).nullable(),
  mode: z.enum(POINT_MODES),
  staleSecs: z.number().int().nullable(),
  settleAfterSecs: z.number().int().nullable(),
});
export type TokenRow = z.infer<typeof tokenRowSchema>;

/** One sign-in of the operator who looks. */
export interface OwnSessionRow {
  id: string;
  current: boolean;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  ip: string | null;
  userAgent: string | null;
}

/** Cursor of lists that page by id. One that is not an id is refused, not ignored. */
export const cursorSchema = z.uuid('is not a cursor of this list').optional();
