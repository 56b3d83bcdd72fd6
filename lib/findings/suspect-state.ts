import { isSingularKind } from '@/lib/findings/holders-model';
import { kindOf } from '@/lib/findings/kinds-model';
import type { Evidence, Found } from '@/lib/findings/model';
import type { EventFact, Picture, SessionSpan } from '@/lib/findings/picture-model';

/** A session that stood open for so long before it was abused is no fresh token, ms. */
const LONG_MS = 7 * 86_400_000;
/** `deviceCode` and `deviceCodeFlow` (Entra), `urn:…:device_code` (RFC 8628), `OAUTH2_DEVICE_CODE_TO_TOKEN` (Keycloak). */
const DEVICE_CODE = /device[._-]?code/i;

type Suspected = NonNullable<Evidence['suspected']>;

const isByDeviceCode = ({ outcome, action, attributes: { protocol, transfer, grant } }: EventFact): boolean =>
  outcome === 'success' && [action, protocol, transfer, grant].some((said) => DEVICE_CODE.test(String(said ?? '')));

/** The sessions it stands on, and those they stem from. */
function withParents(picture: Picture, ids: readonly string[]): SessionSpan[] {
  const spans = new Map<string, SessionSpan>();
  for (let waiting = [...ids]; waiting.length > 0; ) {
    const span = picture.sessions.get(waiting.pop()!);
    if (!span || spans.has(span.id)) continue;
    spans.set(span.id, span);
    if (span.parentId) waiting = [...waiting, span.parentId];
  }
  return [...spans.values()];
}

/** Days it had been open when what was found began; 0: it was not. */
const daysBefore = ({ from }: SessionSpan, since: number): number =>
  since - from >= LONG_MS ? Math.floor((since - from) / 86_400_000) : 0;

/**
 * How it most likely came to what was found, from what its sessions show (requirement D3): a hint, with why. Only of kinds
 * that somebody else's hand explains; null: nothing points to a way.
 */
export function suspectOf(picture: Picture, found: Found): Suspected | null {
  const { vector, abuse } = kindOf(found.detector);
  if (!vector && abuse !== 'token_theft') return null;
  const spans = withParents(picture, found.evidence.sessions);
  const ids = new Set(spans.map(({ id }) => id));
  if (picture.events.some((event) => event.sessionId !== null && ids.has(event.sessionId) && isByDeviceCode(event)))
    return {
      vector: 'device_flow',
      why: 'It was signed in by a device code: whoever asked for the code can have sent it to somebody else to confirm.',
    };
  if (spans.some(({ kind }) => kind === 'browser'))
    return found.detector === 'token-reuse'
      ? { vector: 'browser_token_theft', why: 'A token that a browser keeps was presented a second time.' }
      : { vector: 'cookie_hijacking', why: 'A browser’s session went on elsewhere, as a copied cookie does.' };
  const days = Math.max(0, ...spans.map((span) => daysBefore(span, Date.parse(found.firstSeenAt))));
  if (days > 0) return { vector: 'long_lived_session', why: `Its session had been open for ${days} days.` };
  const key = spans.find(({ credentialKind }) => credentialKind !== null && !isSingularKind(credentialKind));
  if (key && vector)
    return {
      vector: 'long_lived_session',
      why: `It came by a ${key.credentialKind!.replaceAll('_', ' ')}, which works until somebody takes it away.`,
    };
  return vector
    ? { vector, why: 'As findings of this kind mostly come about; its sessions point to no other way.' }
    : null;
}
