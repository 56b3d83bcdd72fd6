import { z } from 'zod';

// Event types of CAEP 1.0, RISC 1.0 and SSF 1.0 (final, 2025-08-29), and what a security event token carries.

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
const RISC = 'https://schemas.openid.net/secevent/risc/event-type/';
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';

export const VERIFICATION = `${SSF}verification`;
export const STREAM_UPDATED = `${SSF}stream-updated`;
/** Not asked for, and delivered whatever a stream carries. */
export const CONTROL = [VERIFICATION, STREAM_UPDATED];

export const SESSION_REVOKED = `${CAEP}session-revoked`;
export const CREDENTIAL_CHANGE = `${CAEP}credential-change`;
export const RISK_LEVEL_CHANGE = `${CAEP}risk-level-change`;
export const TOKEN_CLAIMS_CHANGE = `${CAEP}token-claims-change`;
export const DEVICE_COMPLIANCE_CHANGE = `${CAEP}device-compliance-change`;
export const ASSURANCE_LEVEL_CHANGE = `${CAEP}assurance-level-change`;
export const SESSION_ESTABLISHED = `${CAEP}session-established`;
export const SESSION_PRESENTED = `${CAEP}session-presented`;
export const ACCOUNT_DISABLED = `${RISC}account-disabled`;
export const ACCOUNT_ENABLED = `${RISC}account-enabled`;
export const ACCOUNT_PURGED = `${RISC}account-purged`;
export const CREDENTIAL_COMPROMISE = `${RISC}credential-compromise`;
export const CREDENTIAL_CHANGE_REQUIRED = `${RISC}account-credential-change-required`;
/** Deprecated for CAEP's session-revoked, and still sent by some. */
export const SESSIONS_REVOKED = `${RISC}sessions-revoked`;

/** What Braid tells others. */
export const SENT = [SESSION_REVOKED, CREDENTIAL_CHANGE, RISK_LEVEL_CHANGE, ACCOUNT_DISABLED, ACCOUNT_ENABLED] as const;
export type SentEvent = (typeof SENT)[number];

/** What Braid understands of others. */
export const UNDERSTOOD = [
  SESSION_REVOKED,
  SESSIONS_REVOKED,
  CREDENTIAL_CHANGE,
  RISK_LEVEL_CHANGE,
  TOKEN_CLAIMS_CHANGE,
  DEVICE_COMPLIANCE_CHANGE,
  ASSURANCE_LEVEL_CHANGE,
  ACCOUNT_DISABLED,
  ACCOUNT_ENABLED,
  ACCOUNT_PURGED,
  CREDENTIAL_COMPROMISE,
  CREDENTIAL_CHANGE_REQUIRED,
] as const;
export type UnderstoodEvent = (typeof UNDERSTOOD)[number];

export const isUnderstood = (event: string): event is UnderstoodEvent =>
  (UNDERSTOOD as readonly string[]).includes(event);

/** `session-revoked` of its long name. */
export const shortName = (event: string): string => event.slice(event.lastIndexOf('/') + 1);

export const RISK_LEVELS = ['LOW', 'MEDIUM', 'HIGH'] as const;
export const riskLevelSchema = z.enum(RISK_LEVELS);
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** The highest of several; null of none. */
export const highest = (levels: readonly string[]): RiskLevel | null =>
  RISK_LEVELS.findLast((level) => levels.includes(level)) ?? null;

const words = z
  .record(z.string().max(40), z.string().max(5000))
  .refine((said) => Object.keys(said).length > 0, 'says nothing');

/** What every CAEP event may say. Unknown members are left alone. */
const common = {
  event_timestamp: z.number().nonnegative().optional(),
  initiating_entity: z.string().max(40).optional(),
  reason_admin: z.union([words, z.string().max(5000)]).optional(),
  reason_user: z.union([words, z.string().max(5000)]).optional(),
};
const plain = z.looseObject(common);
const text = z.string().min(1).max(500);

/** What has to be in an event for Braid to understand it. */
export const PAYLOADS: Record<UnderstoodEvent, z.ZodType<Record<string, unknown>>> = {
  [SESSION_REVOKED]: plain,
  [SESSIONS_REVOKED]: plain,
  [CREDENTIAL_CHANGE]: z.looseObject({
    ...common,
    credential_type: text,
    change_type: z.enum(['create', 'revoke', 'update', 'delete']),
  }),
  [RISK_LEVEL_CHANGE]: z.looseObject({ ...common, principal: text, current_level: riskLevelSchema }),
  [TOKEN_CLAIMS_CHANGE]: z.looseObject({ ...common, claims: z.record(z.string().max(500), z.unknown()) }),
  [DEVICE_COMPLIANCE_CHANGE]: z.looseObject({
    ...common,
    previous_status: z.enum(['compliant', 'not-compliant']),
    current_status: z.enum(['compliant', 'not-compliant']),
  }),
  [ASSURANCE_LEVEL_CHANGE]: z.looseObject({ ...common, namespace: text, current_level: text }),
  [ACCOUNT_DISABLED]: plain,
  [ACCOUNT_ENABLED]: plain,
  [ACCOUNT_PURGED]: plain,
  [CREDENTIAL_COMPROMISE]: z.looseObject({ ...common, credential_type: text }),
  [CREDENTIAL_CHANGE_REQUIRED]: plain,
};

/** Why, as its transmitter says it: in English where it says so, else in the first language. */
export function reasonOf(payload: Record<string, unknown>): string | null {
  const said = payload.reason_admin ?? payload.risk_reason ?? payload.reason ?? payload.reason_user;
  if (typeof said === 'string') return said.slice(0, 1000);
  if (!said || typeof said !== 'object') return null;
  const texts = said as Record<string, string>;
  const first = texts.en ?? Object.values(texts)[0];
  return typeof first === 'string' ? first.slice(0, 1000) : null;
}

const CAEP_TYPE: Record<string, string> = { password: 'password', certificate: 'x509' };

/** What CAEP calls a kind of credential. It leaves other types to those who agree on them: `api-key` for keys and tokens. */
export const caepType = (kind: string): string => CAEP_TYPE[kind] ?? 'api-key';
