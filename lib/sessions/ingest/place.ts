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
  /** `whoKey` of its identity. */
  who: string;
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
export async function identitiesOf(reads: readonly Pick<Read, 'who' | 'event'>[]): Promise<Whose> {
  const who = new Map<string, { who: Who; source: string }>();
  for (const { who: key, event } of reads) {
    const said = who.get(key);
    // Not every event says the name; one that has none says the id.
    if (!said || (isUnnamed(said.who) && !isUnnamed(event.identity)))
      who.set(key, { who: event.identity, source: event.source });
  }
  const ids = await namedIn(who, reads);
  const merged = [...new Set([...who.keys()].map((name) => ids.get(name)!))];
  return {
    ids,
    merges: await mergesOf(
      [...who.values()].map((each) => each.who),
      merged,
    ),
  };
}

async function namedIn(
  who: Map<string, { who: Who; source: string }>,
  reads: readonly Pick<Read, 'event'>[],
): Promise<Map<string, string>> {
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
  const owners = await ownersOf(reads, unknown);
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
async function ownersOf(reads: readonly Pick<Read, 'event'>[], unknown: { who: Who }[]): Promise<Map<string, Who>> {
  const bare = new Set(unknown.filter(({ who }) => who.type === BEARER).map(({ who }) => who.externalId));
  if (bare.size === 0) return new Map();
  const owners = await usersOf([...bare]);
  for (const {
    event: { identity, credential },
  } of reads)
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
  const whose = sorted.map(({ who }) => ids.get(who)!);
  const used = sorted.map(({ event: { credential, at } }, index): string | null => {
    if (!credential) return null;
    const name = `${whose[index]} ${credential.externalId}`;
    const use = uses.get(name);
    if (use) use.last = at;
    else uses.set(name, { identityId: whose[index]!, ...credential, first: at, last: at });
    return name;
  });
  const inOrder = [...uses.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, use]) => use);
  const credentials = await credentialsOf(db, inOrder, source);
  return sorted.map(({ id, ms, who, event }, index) => ({
    id,
    ms,
    who,
    event,
    identityId: whose[index]!,
    credentialId: used[index] === null ? null : (credentials.get(used[index]!) ?? null),
    key: event.session ? storedKey(event.session.key) : null,
    merge: merges.size === 0 ? null : (merges.get(who) ?? null),
  }));
}
