import { z } from 'zod';

// What a source may tell of a session beyond who, when and what. Every part is optional: what nobody told is unknown, and
// is shown as unknown. A normaliser sets only what its record says.

const text = (most: number) => z.string().min(1).max(most);
/** ISO 8601, UTC, as `toISOString` writes it. */
const instant = z.string().max(40);

/** A name of the same identity at another system: whoever bears it there is this identity. */
export const alsoKnownAsSchema = z.strictObject({
  issuer: text(200),
  externalId: text(2048),
  /** Why, for people: `Its role trusts this service account`. */
  reason: text(500),
  /** How sure that is, from 0 to 1: 1 says the record itself. */
  confidence: z.number().min(0).max(1),
});

/** How a session goes on under another's authority. */
export const LINEAGES = ['refresh', 'role_chain', 'delegation', 'tool'] as const;
export type Lineage = (typeof LINEAGES)[number];

/** What this session stems from: a session of the same source by its key, or whoever holds or was given a credential. */
export const parentSchema = z.strictObject({
  how: z.enum(LINEAGES),
  /** The parent's `session.key`. */
  key: text(2048).optional(),
  /** `credential.externalId` the parent uses or minted. Never a secret: see token-model. */
  credential: text(512).optional(),
  /** Where the parent was seen; absent: at this event's source. */
  source: text(40).optional(),
});

/** A credential that this event brought into being. A session that uses it later is a child of this one. */
export const mintedSchema = z.strictObject({
  externalId: text(512),
  kind: text(40),
  how: z.enum(LINEAGES).default('role_chain'),
  expiresAt: instant.optional(),
});

/** What a session is bound to, beside network, region and agent. */
export const bindingSchema = z.strictObject({
  device: text(200).optional(),
  runtime: text(200).optional(),
  /** Thumbprint of the key the credential is bound to (DPoP `jkt`, mTLS `x5t#S256`, certificate fingerprint). */
  boundKey: text(200).optional(),
});

/** Who let this session do what, where the source tells. */
export const consentSchema = z.strictObject({
  id: text(200).optional(),
  /** Who gave it. */
  by: text(300).optional(),
  /** What was consented to, as the source writes it. */
  scope: text(1024).optional(),
  at: instant.optional(),
  until: instant.optional(),
});

export const LIFE_OF = ['credential', 'identity', 'session'] as const;
export const LIFE_EVENTS = [
  'created',
  'rotated',
  'disabled',
  'enabled',
  'deleted',
  'revoked',
  'expired',
  'privileged',
] as const;

/** What this event says of the life of a credential, identity or session: what lives on after it has survived. */
export const lifeSchema = z.strictObject({
  of: z.enum(LIFE_OF),
  what: z.enum(LIFE_EVENTS),
  /** The credential's or identity's external id, or the session's key. */
  externalId: text(2048),
  /** Whose it is, when not the event's own identity: an administrator disables another's key. */
  identity: z.strictObject({ issuer: text(200), type: text(100), externalId: text(2048) }).optional(),
});

/** What an AI agent did, in the words of OpenTelemetry's GenAI and MCP conventions. Prompts and answers are never kept. */
export const agentWorkSchema = z.strictObject({
  operation: text(100).optional(),
  agent: text(200).optional(),
  model: text(200).optional(),
  provider: text(100).optional(),
  tool: text(200).optional(),
  /** MCP server or other tool server. */
  server: text(300).optional(),
  method: text(100).optional(),
  conversation: text(512).optional(),
  /** On whose behalf. */
  principal: text(300).optional(),
  inputTokens: z.number().int().nonnegative().optional(),
  outputTokens: z.number().int().nonnegative().optional(),
});

/** The optional members of a session event. */
export const toldShape = {
  parent: parentSchema.optional(),
  minted: z.array(mintedSchema).max(16).optional(),
  binding: bindingSchema.optional(),
  /** Scope of its token or approval, as the source writes it; several are separated by blanks. */
  scope: text(1024).optional(),
  /** The task, job or purpose it was opened for. */
  task: text(200).optional(),
  /** What sessions at several systems are parts of: a conversation, trace or pipeline run. They become one composite session. */
  run: text(512).optional(),
  consent: consentSchema.optional(),
  /** When trust was last established (sign-in, issue of the token). */
  trustedAt: instant.optional(),
  /** The assurance that established it (`mfa`, an acr value). */
  acr: text(100).optional(),
  /** When credential or session end by themselves. */
  expiresAt: instant.optional(),
  tags: z.array(text(64)).max(16).optional(),
  life: lifeSchema.optional(),
  ai: agentWorkSchema.optional(),
};
