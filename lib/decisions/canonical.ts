/** Text that JSON writes as it stands. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\ud7ff]*$/;

/**
 * RFC 8785 text of a JSON value: keys in UTF-16 order, no blanks, numbers and strings as ECMAScript writes them. What is
 * undefined is left out. Lone surrogates have been refused before (decisions/parse).
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('no number in JSON');
    return JSON.stringify(value) ?? 'null';
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) text += `${text ? ',' : ''}${canonical(key)}:${canonical(member)}`;
  }
  return `{${text}}`;
}
