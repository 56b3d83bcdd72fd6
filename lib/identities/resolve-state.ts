import type { Discovered } from '@/lib/identities/model';

/** A name that already means somebody. */
export interface KnownName {
  issuer: string;
  type: string;
  externalId: string;
  identityId: string;
  managed: boolean;
}

export interface Found {
  id: string;
  discovered: Discovered;
  /** true: nobody had this name; the first of its id in the list creates it. */
  fresh: boolean;
  /** Unmanaged identities whose names mean this one from now on. */
  adopts: string[];
}

const key = (...parts: string[]): string => JSON.stringify(parts);

/** Which identity each of `found` is: exact alias, any type of its issuer, a name it also goes by, or a new one. Pure. */
export function resolve(found: readonly Discovered[], known: readonly KnownName[], makeId: () => string): Found[] {
  const exact = new Map<string, KnownName>();
  const byName = new Map<string, KnownName[]>();
  const learn = (name: KnownName) => {
    exact.set(key(name.issuer, name.type, name.externalId), name);
    const held = key(name.issuer, name.externalId);
    byName.set(held, [...(byName.get(held) ?? []), name]);
  };
  for (const name of known) learn(name);
  return found.map((discovered) => {
    const { issuer, type, externalId, alsoKnownAs = [] } = discovered;
    const others = alsoKnownAs.flatMap((other) => byName.get(key(other.issuer, other.externalId)) ?? []);
    // A managed bearer of the name goes before one that a caller merely mentioned; `*` before a single type.
    const ranked = [...others].sort(
      (a, b) => Number(b.managed) - Number(a.managed) || Number(b.type === '*') - Number(a.type === '*'),
    );
    const match = exact.get(key(issuer, type, externalId)) ?? exact.get(key(issuer, '*', externalId)) ?? ranked[0];
    const id = match?.identityId ?? makeId();
    const adopts = [
      ...new Set(others.filter((one) => !one.managed && one.identityId !== id).map((one) => one.identityId)),
    ];
    learn({ issuer, type, externalId, identityId: id, managed: true });
    for (const other of alsoKnownAs)
      if (!exact.has(key(other.issuer, '*', other.externalId)))
        learn({ ...other, type: '*', identityId: id, managed: true });
    return { id, discovered, fresh: !match, adopts };
  });
}
