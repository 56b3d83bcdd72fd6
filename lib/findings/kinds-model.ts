import type { Detector } from '@/lib/findings/model';
import type { Vector } from '@/lib/findings/vectors-model';

/** Families of detection.md, as lists and filters show them. */
export const FAMILIES = {
  replay: 'Replay',
  drift: 'Binding drift',
  survival: 'Survival',
  concurrency: 'Concurrency',
  splitting: 'Splitting',
  escalation: 'Escalation',
  travel: 'Travel',
  dark: 'Dark',
  regrowth: 'Regrowth',
  signal: 'Shared signals',
  setup: 'Setup',
  manual: 'By hand',
} as const;
export type Family = keyof typeof FAMILIES;

/** What an attacker does with a session (requirement C2). */
export const ABUSES = {
  token_theft: 'Token theft',
  consent_misuse: 'Consent misuse',
  hijacked_navigation: 'Hijacked navigation',
  post_authentication: 'Post-authentication actions',
} as const;
export type Abuse = keyof typeof ABUSES;

export interface DetectorKind {
  family: Family;
  abuse: Abuse | null;
  /** It needs a session that is there already, rather than a sign-in (requirement C5). */
  dependsOnExistingSession: boolean;
  /** How it mostly comes about, where its sessions do not show another way. */
  vector: Vector | null;
}

const kind = (
  family: Family,
  abuse: Abuse | null = 'post_authentication',
  dependsOnExistingSession = true,
  vector: Vector | null = null,
): DetectorKind => ({ family, abuse, dependsOnExistingSession, vector });

export const KINDS: Record<Detector, DetectorKind> = {
  replay: kind('replay', 'token_theft', true, 'bearer_replay'),
  'instance-credentials': kind('replay', 'token_theft', true, 'bearer_replay'),
  'token-reuse': kind('replay', 'token_theft', true, 'browser_token_theft'),
  'binding-drift': kind('drift', 'hijacked_navigation', true, 'cookie_hijacking'),
  survival: kind('survival', 'token_theft', true, 'long_lived_session'),
  'dead-token': kind('survival', 'token_theft', false, 'bearer_replay'),
  outlived: kind('survival', 'consent_misuse', true, 'long_lived_session'),
  'unusual-concurrency': kind('concurrency', 'token_theft', false),
  'concurrency-limit': kind('concurrency', 'post_authentication', false),
  'read-change-split': kind('concurrency', 'token_theft', true, 'bearer_replay'),
  'lease-contention': kind('concurrency'),
  'approval-beside-maintenance': kind('concurrency'),
  'limit-crossed': kind('splitting'),
  structuring: kind('splitting'),
  'agent-spread': kind('splitting'),
  'scope-growth': kind('escalation', 'consent_misuse'),
  extraction: kind('escalation'),
  'failed-approvals': kind('escalation'),
  acceleration: kind('escalation'),
  'deny-storm': kind('escalation', 'token_theft', false),
  'out-of-scope': kind('escalation', 'consent_misuse'),
  'unusual-action': kind('escalation'),
  'unusual-place': kind('travel', 'token_theft', false),
  travel: kind('travel', 'token_theft', false, 'cookie_hijacking'),
  'dark-session': kind('dark'),
  'human-use': kind('dark', 'token_theft', false, 'long_lived_session'),
  regrowth: kind('regrowth', 'token_theft', false),
  'shared-signal': kind('signal', null, false),
  'weak-setup': kind('setup', null, false),
  manual: kind('manual', null, false),
};

export const kindOf = (detector: string): DetectorKind => KINDS[detector as Detector] ?? KINDS.manual;
