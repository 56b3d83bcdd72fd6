import type { Left } from '@/lib/revocations/left/model';
import type { Heir, OpenConsent, OpenCredential, OpenSession } from '@/lib/revocations/left/store';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const placeOf = (source: string): string => (source === 'pdp' ? 'the decision point' : source);

interface Whose {
  identityId: string;
  identityName: string;
}

/** What is on record of an identity as what is left is told; `shut`: what shuts a credential. Pure. */
export const saidOf = ({ identityId, identityName: name }: Whose, shut: Left['act']) => ({
  session: (one: OpenSession): Left => ({
    what: one.label.slice(0, 400),
    where: placeOf(one.source),
    until: iso(one.liveUntil),
    why: one.stale ? 'Its system can’t be asked at the moment.' : 'It has not ended.',
    href: `/sessions/${one.id}`,
    act: { kind: 'terminate' as const, sessionId: one.id, label: one.label.slice(0, 200), identityName: name },
  }),
  token: (one: OpenCredential): Left => ({
    what: `${one.kind.replaceAll('_', ' ')} ${one.externalId}`.slice(0, 400),
    where: placeOf(one.source),
    until: iso(one.expiresAt),
    why: 'It is on record as active, and no probe has proven that it opens nothing any more. Rotate and invalidate it.',
    href: `/identities/${identityId}`,
    act: shut,
  }),
  consent: (one: OpenConsent): Left => ({
    what: `${one.grantor} allowed ${one.app}: ${one.scopes.join(' ') || 'everything it asks for'}`.slice(0, 400),
    where: placeOf(one.source),
    until: iso(one.until),
    why: 'A consent stays when a session ends or a secret is rotated.',
    href: `/consents?identityId=${identityId}`,
    act: { kind: 'take_back' as const, consentId: one.id, identityId },
  }),
  heir: (one: Heir): Left => ({
    what: `${one.name}: ${one.label}`.slice(0, 400),
    where: placeOf(one.source),
    until: iso(one.liveUntil),
    why: `It acts under the authority of a session of ${name} (${(one.lineage ?? 'delegation').replace('_', ' ')}): what ends that one leaves it alive.`,
    href: `/sessions/${one.id}`,
    act:
      one.state === 'active' && !one.protected
        ? { kind: 'revoke' as const, identityId: one.identityId, name: one.name, state: one.state, protected: false }
        : { kind: 'terminate' as const, sessionId: one.id, label: one.label.slice(0, 200), identityName: one.name },
  }),
});
