import { grantsOf } from '@/lib/identities/privileges-evaluate';
import type { Granted } from '@/lib/playbooks/model';

// What an identity was granted when its incident began, beside what it is granted now. Pure.

export interface GivenConsent {
  id: string;
  app: string;
  grantor: string;
  source: string;
  scopes: string[];
}
/** As it was kept when the playbook was started. */
export interface GrantedThen {
  rights: string[];
  consents: GivenConsent[];
}

const MOST = 300;

/** Rights that its systems tell, each for itself. Scopes of past sessions are no grant that can be taken away, so they are not in it. */
export const rightsOf = (attributes: unknown): string[] => [
  ...new Set(
    Object.entries((attributes ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap((one) =>
        grantsOf({ [name]: one }, [], []).map((grant) => grant.what),
      ),
    ),
  ),
];

const consentWords = (consent: GivenConsent, scopes: readonly string[]): Granted => ({
  what: `${consent.app}${scopes.length ? `: ${scopes.join(', ')}` : ''}`.slice(0, 1000),
  from: `consent of ${consent.grantor} in ${consent.source}`.slice(0, 300),
});

/** What was granted then, and is not now. A consent that was given again with fewer scopes lost those. */
export function vanishedOf(then: GrantedThen, now: GrantedThen): Granted[] {
  const rights = new Set(now.rights);
  const consents = new Map(now.consents.map((one) => [one.id, one]));
  return [
    ...then.rights.filter((one) => !rights.has(one)).map((what) => ({ what, from: 'its system' })),
    ...then.consents.flatMap((one) => {
      const left = consents.get(one.id);
      if (!left) return [consentWords(one, one.scopes)];
      const lost = one.scopes.filter((scope) => !left.scopes.includes(scope));
      return lost.length ? [consentWords(one, lost)] : [];
    }),
  ].slice(0, MOST);
}

/** Everything that was granted then, by name, and whether it is now. */
export function standingOf(then: GrantedThen, now: GrantedThen): (Granted & { stands: boolean })[] {
  const [rights, consents] = [new Set(now.rights), new Set(now.consents.map((one) => one.id))];
  return [
    ...then.rights.map((what) => ({ what: what.slice(0, 1000), from: 'its system', stands: rights.has(what) })),
    ...then.consents.map((one) => ({ ...consentWords(one, one.scopes), stands: consents.has(one.id) })),
  ].slice(0, 500);
}

/** What these names mean of what was granted then; a name that means nothing of it is refused in words. */
export function namedOf(
  names: readonly string[],
  then: readonly (Granted & { stands: boolean })[] | null,
): { named: (Granted & { stands: boolean })[]; unknown: string | null } {
  const byName = new Map((then ?? []).map((one) => [one.what, one]));
  const unknown = names.find((name) => !byName.has(name));
  return {
    named: [...new Set(names)].flatMap((name) => byName.get(name) ?? []),
    unknown:
      unknown === undefined
        ? null
        : `“${unknown.slice(0, 200)}” is nothing it was granted when this was started: name what was, or say it in words.`,
  };
}

const plain = (text: string): string => text.toLowerCase();

/** What was said to be taken away by the very name of a right, app or scope that is still granted. */
export function stillGranted(said: readonly string[], now: GrantedThen): string[] {
  const names = [...now.rights, ...now.consents.flatMap((one) => [one.app, ...one.scopes])].map(plain);
  const words = (line: string) => plain(line).split(/[\s,;]+/);
  return said.filter((line) => names.some((name) => plain(line) === name || words(line).includes(name)));
}

/** Why this is not what a reduction looks like; null: it is. */
export function notReduced(said: readonly string[], vanished: readonly Granted[] | null): string | null {
  if (said.length === 0 && !vanished?.length)
    return 'Nothing it was granted when this was started is gone, and nothing is said to be: take it away, or waive the step and say why.';
  const empty = said.find((line) => new Set(plain(line).match(/[\p{L}\p{N}]/gu)).size < 3);
  return empty ? `“${empty.slice(0, 60)}” names no privilege: say what was taken away, and where.` : null;
}
