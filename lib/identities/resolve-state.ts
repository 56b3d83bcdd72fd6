import type { Discovered, IdentityState } from '@/lib/identities/model';

/** A name that already means somebody. */
export interface KnownName {
  issuer: string;
  type: string;
  externalId: string;
  identityId: string;
  managed: boolean;
  state: IdentityState;
}

/** A name that an analyst took from an identity. */
export interface UnlinkedName {
  issuer: string;
  externalId: string;
  identityId: string;
}

export interface Found {
  id: string;
  /** As it was said, less the names that were taken from this identity. */
  discovered: Discovered;
  /** true: nobody had this name; the first of its id in the list creates it. */
  fresh: boolean;
  /** Active unmanaged identities whose names mean this one from now on: what is paused or revoked keeps its names, and with them its state. */
  adopts: string[];
}

const key = (...parts: string[]): string => JSON.stringify(parts);

/** Which identity each of `found` is: exact alias, any type of its issuer, a name it also goes by, or a new one. Pure. */
export function resolve(
  found: readonly Discovered[],
  known: readonly KnownName[],
  unlinked: readonly UnlinkedName[],
  makeId: () => string,
): Found[] {
  const taken = new Set(unlinked.map((name) => key(name.issuer, name.externalId, name.identityId)));
  const exact = new Map<string, KnownName>();
  const byName = new Map<string, KnownName[]>();
  const learn = (name: KnownName) => {
    exact.set(key(name.issuer, name.type, name.externalId), name);
    const held = key(name.issuer, name.externalId);
    byName.set(held, [...(byName.get(held) ?? []), name]);
  };
  for (const name of known) learn(name);
  return found.map((said) => {
    const { issuer, type, externalId, alsoKnownAs = [] } = said;
    const bearers = (names: typeof alsoKnownAs) =>
      names.flatMap((other) => byName.get(key(other.issuer, other.externalId)) ?? []);
    // A managed bearer of the name goes before one that a caller merely mentioned; `*` before a single type.
    const ranked = bearers(alsoKnownAs).sort(
      (a, b) => Number(b.managed) - Number(a.managed) || Number(b.type === '*') - Number(a.type === '*'),
    );
    const match = exact.get(key(issuer, type, externalId)) ?? exact.get(key(issuer, '*', externalId)) ?? ranked[0];
    const id = match?.identityId ?? makeId();
    const names = alsoKnownAs.filter((other) => !taken.has(key(other.issuer, other.externalId, id)));
    const adopts = bearers(names)
      .filter((one) => !one.managed && one.state === 'active' && one.identityId !== id)
      .map((one) => one.identityId);
    // What is new here is active; of a known one only whether it is managed is asked again, and it is now.
    const state = match?.state ?? 'active';
    learn({ issuer, type, externalId, identityId: id, managed: true, state });
    for (const other of names)
      if (!exact.has(key(other.issuer, '*', other.externalId)))
        learn({ ...other, type: '*', identityId: id, managed: true, state });
    const discovered = said.alsoKnownAs ? { ...said, alsoKnownAs: names } : said;
    return { id, discovered, fresh: !match, adopts: [...new Set(adopts)] };
  });
}
