import type { StoredSource } from '@/lib/signals/in/store';
import {
  byId,
  type Key,
  liveOf,
  type Meant,
  type MeantSession,
  MOST_IDENTITIES,
  named,
} from '@/lib/signals/matching/store';
import { type Part, partsOf, type Simple, type Subject } from '@/lib/signals/subject-model';

export interface Matched {
  identities: Meant[];
  /** Those that live and fit every part of the subject Braid knows something of. */
  sessions: MeantSession[];
  /** It names sessions, not all of the identity. */
  some: boolean;
}

/** Parts Braid can tell subjects apart by; of the others it knows nothing, so they match (SSF 1.0). */
const KNOWN = ['user', 'session', 'device'];

const eachOf = (part: Part): Simple[] => (part.format === 'aliases' ? part.identifiers : [part]);

/** The words a subject is called by; an issuer of its own is kept beside them. */
function wordOf(one: Simple): Key[] {
  switch (one.format) {
    case 'iss_sub':
      return [{ iss: one.iss, word: one.sub }];
    case 'email':
      return [{ word: one.email }, { word: one.email.toLowerCase() }];
    case 'opaque':
      return [{ word: one.id }];
    case 'account':
    case 'uri':
      return [{ word: one.uri }, { word: one.uri.replace(/^acct:/, '') }];
    case 'did':
      return [{ word: one.url }];
    case 'phone_number':
      return [{ word: one.phone_number }];
    case 'jwt_id':
      return [{ iss: one.iss, word: one.jti }];
    case 'saml_assertion_id':
      return [{ iss: one.issuer, word: one.assertion_id }];
    default:
      return [];
  }
}

/**
 * A name counts in the namespace this transmitter was given where the name is its own or of no issuer, and under the issuer
 * it gives where that is an address. Braid's other namespaces can't be named from outside.
 */
const aliasesOf = (source: StoredSource, part: Part): { issuer: string; externalId: string }[] =>
  eachOf(part)
    .flatMap(wordOf)
    .flatMap(({ iss, word }) => [
      ...(iss === undefined || iss === source.issuer ? [{ issuer: source.namespace, externalId: word }] : []),
      ...(iss && /^https?:\/\//.test(iss) ? [{ issuer: iss, externalId: word }] : []),
    ]);

const onDevice =
  (part: Part | undefined) =>
  (session: MeantSession): boolean => {
    if (!part) return true;
    return eachOf(part).some((one) =>
      one.format === 'ip-addresses'
        ? session.network === null || one['ip-addresses'].includes(session.network)
        : session.device === null || wordOf(one).some(({ word }) => word === session.device),
    );
  };

/**
 * Whom a subject means here. Every part Braid knows something of has to fit, and at least one has to: nothing follows from a
 * subject that shares nothing with what is known. A string says why it means nobody.
 */
export async function match(source: StoredSource, subject: Subject): Promise<Matched | string> {
  const parts = partsOf(subject);
  const critical = (source.metadata as { critical_subject_members?: unknown }).critical_subject_members;
  const strange = (Array.isArray(critical) ? critical : []).find(
    (one) => parts[String(one)] && !KNOWN.includes(String(one)),
  );
  if (strange)
    return `Its transmitter says ${strange} is critical, and Braid knows nothing of it: the event is discarded.`;
  const { user, session, device } = parts;
  if (!user && !session) return 'It names neither an identity nor a session Braid could know.';
  const meant = user ? await named(aliasesOf(source, user)) : null;
  if (meant?.length === 0) return 'No identity here goes by this name.';
  if (meant && meant.length > MOST_IDENTITIES) return 'More identities go by this name than one event may mean.';
  const keys = session ? eachOf(session).flatMap(wordOf) : null;
  const live = await liveOf(meant?.map(({ id }) => id) ?? null, keys, source.namespace);
  const sessions = live.filter(onDevice(device));
  if (meant) return { identities: meant, sessions, some: Boolean(session ?? device) };
  const owners = [...new Set(sessions.map(({ identityId }) => identityId))];
  if (owners.length === 0) return 'No live session here has this key.';
  if (owners.length > 1) return 'Sessions of several identities have this key, and it names none of them.';
  return { identities: await byId(owners), sessions, some: true };
}
