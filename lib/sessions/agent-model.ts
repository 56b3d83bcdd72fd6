/** Tokens of a user agent that say how, not what: metadata, operating system, language, the command itself. */
const NOT_A_PRODUCT = new Set(
  'md cfg ft m os lang exec-env ua api command vendor prompt linux darwin windows installer source distrib sdk-metrics apn openjdk_64-bit_server_vm java kotlin gecko applewebkit mozilla khtml mobile version io config hll retry-mode id'.split(
    ' ',
  ),
);
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'HeadlessChrome'], // a program drives it: no person's way in
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ .*Safari\//, 'Safari'],
];
const FAMILIES = new Set(BROWSERS.map(([, family]) => family).filter((family) => family !== 'HeadlessChrome'));
const UUID = /[_-]?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const UUID_IN = new RegExp(UUID.source, 'i');
const LOOKED_AT = 4096;
const TOKENS_MOST = 5;

/**
 * A user agent reduced to its product tokens, without versions: equality of the whole text is useless as a binding, as the
 * AWS CLI puts the command in it and tools put a uuid. Browsers become their family. At most five tokens; null: none.
 */
export function agentFamily(userAgent: unknown): string | null {
  if (typeof userAgent !== 'string') return null;
  const text = userAgent
    .slice(0, LOOKED_AT)
    .replace(/^\[|\]$/g, '')
    .trim();
  if (text === '' || text === '-') return null;
  if (text.startsWith('Mozilla/')) {
    const family = BROWSERS.find(([pattern]) => pattern.test(text))?.[1];
    if (family) return family;
  }
  const tokens: string[] = [];
  for (const word of text.replace(/\([^()]*\)/g, ' ').split(/[\s,;]+/)) {
    const slash = word.indexOf('/');
    const name = (slash === -1 ? word : word.slice(0, slash)).replace(UUID, '').replace(/[^\w.+-]/g, '');
    const bare = slash === -1 && tokens.length > 0 && !UUID_IN.test(word);
    if (bare || !/[a-z]/i.test(name) || NOT_A_PRODUCT.has(name.toLowerCase()) || tokens.includes(name)) continue;
    tokens.push(name.slice(0, 60));
    if (tokens.length === TOKENS_MOST) break;
  }
  return tokens.join(' ').slice(0, 200) || null;
}

/** Whether an agent family is a browser: a human's way in. */
export const isBrowser = (family: string | null): boolean => family !== null && FAMILIES.has(family.split(' ')[0]!);

const SYSTEMS: [RegExp, string][] = [
  [/windows/i, 'Windows'],
  [/iphone|ipad|\bios\b|mac ?os|macintosh|os x/i, 'Apple'],
  [/android|chrome ?os|cros|linux|ubuntu|fedora|x11/i, 'Linux'],
];

/**
 * The family of operating systems a browser says it runs on, from its user agent or from a source's word for it; null: none
 * is named. A phone that asks for the page of a desktop stays within its family: iOS reads as macOS, Android as Linux.
 */
export function systemFamily(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const looked = text.slice(0, LOOKED_AT);
  return SYSTEMS.find(([pattern]) => pattern.test(looked))?.[1] ?? null;
}
