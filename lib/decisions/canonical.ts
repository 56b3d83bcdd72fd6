/** Text that JSON writes as it stands. */
export const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\ud7ff]*$/;

export const written = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Keys as written, with their colon: the same few come again and again. */
const keys = new Map<string, string>();
const MAX_KEYS = 1_000;

export function keyText(key: string): string {
  let text = keys.get(key);
  if (text === undefined) {
    text = `${written(key)}:`;
    if (key.length <= 64 && keys.size < MAX_KEYS) keys.set(key, text);
  }
  return text;
}

export function sortedKeys(value: object): string[] {
  const names = Object.keys(value);
  for (let i = 1; i < names.length; i++) if (names[i]! < names[i - 1]!) return names.sort();
  return names;
}

/**
 * RFC 8785 text of a JSON value: keys in UTF-16 order, no blanks, numbers and strings as ECMAScript writes them. What is
 * undefined is left out. Lone surrogates have been refused before (decisions/parse).
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return written(value);
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('no number in JSON');
    return JSON.stringify(value) ?? 'null';
  }
  let text = '';
  if (Array.isArray(value)) {
    for (const member of value) text += text ? `,${canonical(member)}` : canonical(member);
    return `[${text}]`;
  }
  for (const key of sortedKeys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) text += `${text ? ',' : ''}${keyText(key)}${canonical(member)}`;
  }
  return `{${text}}`;
}
