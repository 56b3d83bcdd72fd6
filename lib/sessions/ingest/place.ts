import { transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import { sha256Hex } from '@/lib/platform/ids';
import {
  type CredentialUse,
  credentialsOf,
  type Db,
  knownIdentities,
  mergesOf,
  nameUnnamed,
  usersOf,
  type Who,
  whoKey,
} from '@/lib/sessions/ingest/store';
import type { SessionEventInput } from '@/lib/sessions/model';

/** A longer key is stored as its hash, so that it fits an index. */
const KEY_MOST = 400;

/** An event with its own id and time, before anybody knows whose it is. */
export interface Read {
  id: string;
  ms: number;
  event: SessionEventInput;
}

export interface Placed extends Read {
  identityId: string;
  credentialId: string | null;
  key: string | null;
  /** The merge by which its name means whom it means; null: by none. */
  merge: string | null;
}

export interface Whose {
  /** Identity by name. */
  ids: Map<string, string>;
  /** Merge that stands, by name. */
  merges: Map<string, string>;
}

/** Whom events name, and by which merge; who was unknown is made known at once. Names that are known cost one look. */
export async function identitiesOf(events: SessionEventInput[]): Promise<Whose> {
  const ids = await namedIn(events);
  const names = new Map(events.map(({ identity }) => [whoKey(identity), identity]));
  const merged = [...new Set([...names.keys()].map((name) => ids.get(name)!))];
  return { ids, merges: await mergesOf([...names.values()], merged) };
}

async function namedIn(events: SessionEventInput[]): Promise<Map<string, string>> {
  const who = new Map<string, { who: Who; source: string }>();
  for (const { identity, source } of events) {
    const key = whoKey(identity);
    const said = who.get(key);
    // Not every event says the name; one that has none says the id.
    if (!said || (isUnnamed(said.who) && !isUnnamed(identity))) who.set(key, { who: identity, source });
  }
  const list = [...who.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, each]) => each);
  const known = await knownIdentities([
    ...list.map((each) => each.who),
    ...list.flatMap((each) => otherNames(each.who)),
  ]);
  await nameUnnamed(
    list.flatMap(({ who: each }) => {
      const id = isUnnamed(each) ? undefined : known.get(whoKey(each));
      return id ? [{ ...each, id }] : [];
    }),
  );
  const unknown = list.filter(({ who: each }) => [each, ...otherNames(each)].some((name) => !known.has(whoKey(name))));
  if (unknown.length === 0) return known;
  const owners = await ownersOf(events, unknown);
  const ids = await transaction((tx) =>
    discover(
      tx,
      unknown.map(({ who: { alsoKnownAs, ...each }, source }) => {
        const owner = owners.get(each.externalId);
        const reason = `Named so in logs of ${source}`;
        if (!owner || each.type !== BEARER) return { ...each, source, reason, alsoKnownAs: alsoKnownAs?.map(sureness) };
        const { issuer, externalId } = each;
        return {
          ...owner,
          source,
          reason,
          alsoKnownAs: [{ issuer, externalId, reason: `Used this token at ${source}` }],
        };
      }),
    ),
  );
  return new Map([...known, ...unknown.map((each, index) => [whoKey(each.who), ids[index]!] as const)]);
}

/** What other systems call it, by the record's own word: such a name means it whatever type they give. */
const otherNames = (who: Who): Who[] => (who.alsoKnownAs ?? []).map((name) => ({ ...who, ...name, type: '*' }));

const sureness = ({ confidence, reason, ...name }: NonNullable<Who['alsoKnownAs']>[number]) => ({
  ...name,
  reason: `${reason} (${Math.round(confidence * 100)} % sure)`,
});

const isUnnamed = ({ name, externalId }: Who): boolean => name === externalId;

/** Type of a name that is a token's digest: all that a source tells of a dead one. Whoever used it when it lived is meant. */
const BEARER = 'token';

/** Who used the tokens that `unknown` are named by: in these events, or stored before. By the token's digest. */
async function ownersOf(events: SessionEventInput[], unknown: { who: Who }[]): Promise<Map<string, Who>> {
  const bare = new Set(unknown.filter(({ who }) => who.type === BEARER).map(({ who }) => who.externalId));
  if (bare.size === 0) return new Map();
  const owners = await usersOf([...bare]);
  for (const { identity, credential } of events)
    if (credential && bare.has(credential.externalId) && identity.type !== BEARER)
      owners.set(credential.externalId, owners.get(credential.externalId) ?? identity);
  return owners;
}

export const storedKey = (key: string): string =>
  key.length > 130 && Buffer.byteLength(key) > KEY_MOST ? sha256Hex(key) : key;

/** Finds whose each event is, and by which credential. In time order, so that first and last are what they say. */
export async function place(db: Db, source: string, reads: Read[], { ids, merges }: Whose): Promise<Placed[]> {
  // An id begins with its event's time.
  const isSorted = reads.every((read, index) => index === 0 || reads[index - 1]!.id < read.id);
  const sorted = isSorted ? reads : [...reads].sort((a, b) => (a.id < b.id ? -1 : 1));
  const uses = new Map<string, CredentialUse>();
  const whose = sorted.map(({ event }) => ids.get(whoKey(event.identity))!);
  sorted.forEach(({ event }, index) => {
    if (!event.credential) return;
    const name = `${whose[index]} ${event.credential.externalId}`;
    const use = uses.get(name);
    if (use) use.last = event.at;
    else uses.set(name, { identityId: whose[index]!, ...event.credential, first: event.at, last: event.at });
  });
  const inOrder = [...uses.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, use]) => use);
  const credentials = await credentialsOf(db, inOrder, source);
  return sorted.map(({ id, ms, event }, index) => ({
    id,
    ms,
    event,
    identityId: whose[index]!,
    credentialId: (event.credential && credentials.get(`${whose[index]} ${event.credential.externalId}`)) ?? null,
    key: event.session ? storedKey(event.session.key) : null,
    merge: merges.size === 0 ? null : (merges.get(whoKey(event.identity)) ?? null),
  }));
}
