// What an identity was given and what of it it uses, as far as its systems and its sessions tell. Pure.

/** A right or scope that was given, who tells of it, and whether something of that very name was done. */
export interface Grant {
  what: string;
  from: string;
  used: boolean;
  /** It governs what others may do, or passes every check. */
  administrative: boolean;
}

/** What the number counts; shown beside it. */
export const EXCESSIVE =
  'Holds an administrative right, or was granted a scope under whose name nothing was done in 30 days. Judged are those of whom a system tells rights, or a session a scope; a scope only where what is done is told as well. What other roles allow nobody tells, so they do not count.';

const MOST = 300;
const SCOPE = 'scope of its sessions';
const RIGHT = /role|member|grant|privilege|permission|scope|polic|superuser|replication|create|bypass/i;
/** Rights that are flags of their own. */
const ADMINISTRATIVE = /^(superuser|createRole|bypassRowSecurity|replication)$/i;
/** Names of roles and policies that administer, as vendors call them. */
const ADMINISTERS =
  /(^|[^a-z])(\*:\*|owner|root|admin|administrators?|administratoraccess|superuser|cluster-admin|[a-z]+[-_.:]admin|admin[-_.:][a-z]+|[a-z]+ administrator)($|[^a-z])/i;

/** Scopes that ask for a sign-in, not for a right (OpenID Connect Core 5.4, 11). */
const SIGN_IN = /^(openid|profile|email|address|phone|offline_access)$/;

/** `orders:read` and `orders.read` are one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9*]+/g, '.');
const words = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));

/**
 * Rights out of what systems say of an identity, and scopes out of its sessions'. What was done under the very name of a right or
 * scope has used it; a flag such as `superuser` is never told as used.
 */
export function grantsOf(attributes: unknown, scopes: readonly string[], actions: readonly string[]): Grant[] {
  const done = new Set(actions.map(plain));
  const seen = new Map<string, Grant>();
  const add = (what: string, from: string, flag = '') => {
    const text = what.trim().slice(0, MOST);
    if (!text) return;
    const administrative = ADMINISTRATIVE.test(flag) || ADMINISTERS.test(text);
    seen.set(`${from} ${text}`, { what: text, from, used: done.has(plain(text)), administrative });
  };
  for (const scope of scopes) for (const part of scope.split(/[\s,]+/)) add(part, SCOPE);
  for (const [name, value] of Object.entries((attributes ?? {}) as Record<string, unknown>))
    if (RIGHT.test(name) && value !== false && value)
      add(value === true ? name : `${name}: ${words(value)}`, 'its system', value === true ? name : '');
  return [...seen.values()].slice(0, MOST);
}

/** Does any system tell its rights, even that it has none, or any of its sessions a scope? */
export const isJudged = (attributes: unknown, scopes: readonly string[]): boolean =>
  scopes.length > 0 || Object.keys((attributes ?? {}) as Record<string, unknown>).some((name) => RIGHT.test(name));

/** Why what it holds is more than it needs; null: it is not. */
export function excessOf(attributes: unknown, scopes: readonly string[], actions: readonly string[]): string | null {
  const grants = grantsOf(attributes, scopes, actions);
  const administers = grants.filter((one) => one.administrative);
  const isUnused = (one: Grant) => !one.used && one.from === SCOPE && !SIGN_IN.test(one.what);
  const unused = actions.length ? grants.filter((one) => !one.administrative && isUnused(one)) : [];
  const named = (of: readonly Grant[]) =>
    `${of
      .slice(0, 5)
      .map((one) => one.what)
      .join(', ')}${of.length > 5 ? ` and ${of.length - 5} more` : ''}`;
  const said = [
    ...(administers.length ? [`Holds ${named(administers)}.`] : []),
    ...(unused.length ? [`Not used in 30 days: ${named(unused)}.`] : []),
  ];
  return said.length ? said.join(' ').slice(0, 500) : null;
}
