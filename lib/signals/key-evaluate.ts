/** Letters and digits that stand together for at least this long, and change kind this often, were drawn and not chosen. */
const LENGTH = 16;
const kindOf = (char: string): number => (/\d/.test(char) ? 0 : /[a-z]/.test(char) ? 1 : 2);

/** How often a text changes between digits, small and capital letters. */
function changes(text: string): number {
  let found = 0;
  for (let at = 1; at < text.length; at++) if (kindOf(text[at]!) !== kindOf(text[at - 1]!)) found += 1;
  return found;
}

/**
 * Can no two systems have a session of this key, but by a chance of no account? So it is with a UUID and with what was drawn at
 * random and is long enough. A process id, a counter, a time or a name somebody chose is a session of whichever system is asked.
 */
export function unmistakable(key: string): boolean {
  if (/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.test(key)) return true;
  const drawn = key.split(/[^A-Za-z0-9_-]+/).flatMap((word) => [word, ...word.split(/[_-]+/)]);
  return drawn.some((word) => word.length >= LENGTH && changes(word.replace(/[_-]/g, '')) * 4 >= word.length);
}
