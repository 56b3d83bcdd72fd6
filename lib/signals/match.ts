import type { StoredSource } from '@/lib/signals/in/store';
import { unmistakable } from '@/lib/signals/key-evaluate';
import {
  byId,
  type Key,
  type KeyedSession,
  liveOf,
  type Meant,
  type MeantSession,
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

/** Why nothing may follow: it means nobody here, or it is not clear whom. */
export interface Unclear {
  state: 'unmatched' | 'ambiguous';
  why: string;
  /** Those it may mean. */
  identityIds: string[];
}

const nobody = (why: string): Unclear => ({ state: 'unmatched', why, identityIds: [] });
const unclear = (why: string, identityIds: string[]): Unclear => ({
  state: 'ambiguous',
  why: `Not clear which: ${why} Nothing was done.`,
  identityIds: [...new Set(identityIds)].slice(0, 50),
});

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

/** The issuer of a key, or the namespace this transmitter was given, says in which system its session lives. */
const saysWhere =
  (source: StoredSource, keys: Key[]) =>
  ({ groupKey, issuer }: KeyedSession): boolean =>
    issuer !== null &&
    issuer !== 'default' &&
    (issuer === source.namespace || keys.some(({ iss, word }) => word === groupKey && iss === issuer));

/** Only a session that can be no other's: a process id or a counter is a session of whichever system is asked. */
function ofOneSystem(source: StoredSource, keys: Key[], live: KeyedSession[]): KeyedSession[] {
  const told = saysWhere(source, keys);
  return live.filter((one) => one.named || unmistakable(one.groupKey) || told(one));
}

/**
 * Whom a subject means here. Every part Braid knows something of has to fit, and at least one has to: nothing follows from a
 * subject that shares nothing with what is known. A subject is one principal, also under several names (RFC 9493): where they
 * are several identities here it is not clear which, as it is with a session's key that another system may use as well.
 */
export async function match(source: StoredSource, subject: Subject): Promise<Matched | Unclear> {
  const parts = partsOf(subject);
  const critical = (source.metadata as { critical_subject_members?: unknown }).critical_subject_members;
  const strange = (Array.isArray(critical) ? critical : []).find(
    (one) => parts[String(one)] && !KNOWN.includes(String(one)),
  );
  if (strange)
    return nobody(
      `Its transmitter says ${strange} is critical, and Braid knows nothing of it: the event is discarded.`,
    );
  const { user, session, device } = parts;
  if (!user && !session) return nobody('It names neither an identity nor a session Braid could know.');
  const meant = user ? await named(aliasesOf(source, user)) : null;
  if (meant?.length === 0) return nobody('No identity here goes by this name.');
  if (meant && meant.length > 1)
    return unclear(
      `it names one subject, and here these names are ${meant.length} identities (${meant
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 500)}). Merge them if they are one.`,
      meant.map(({ id }) => id),
    );
  const keys = session ? eachOf(session).flatMap(wordOf) : null;
  const live = (await liveOf(meant?.map(({ id }) => id) ?? null, keys, source.namespace)).filter(onDevice(device));
  const sure = keys ? ofOneSystem(source, keys, live) : live;
  const owners = [...new Set(live.map(({ identityId }) => identityId))];
  if (meant) {
    const systems = new Set(live.map(({ system }) => system));
    if (keys && sure.length < live.length && systems.size > 1)
      return unclear(
        'sessions of it in several systems have this key, and nothing says which system is meant.',
        owners,
      );
    return { identities: meant, sessions: live, some: Boolean(session ?? device) };
  }
  if (owners.length === 0) return nobody('No live session here has this key.');
  if (sure.length === 0)
    return unclear('a live session has this key, and nothing says that it is the one of that system.', owners);
  const sessions = sure;
  const sureOwners = [...new Set(sessions.map(({ identityId }) => identityId))];
  if (sureOwners.length > 1)
    return unclear('sessions of several identities have this key, and it names none of them.', sureOwners);
  return { identities: await byId(sureOwners), sessions, some: true };
}
