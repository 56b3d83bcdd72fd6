// Readers of what vendors send: lenient with what comes, strict with what goes on.

export type Loose = Record<string, unknown>;

/** An object, or an empty one: `objectOf(objectOf(event.a).b)` never throws. */
export const objectOf = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};

/** A list, or an empty one; of a longer one the first `most`. */
export const listOf = (value: unknown, most = 100): unknown[] => (Array.isArray(value) ? value.slice(0, most) : []);

/** A text that says something, cut to `most` characters; "" and other types are null. */
export const textOf = (value: unknown, most: number): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, most) : null;

/** A text, or a number or boolean written as one. */
export const wordOf = (value: unknown, most: number): string | null =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value).slice(0, most) : textOf(value, most);

/** A finite number, or a text that is one. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' && value.length < 40 ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** JSON in a text (LookupEvents' CloudTrailEvent, a log entry's textPayload), else the value itself as an object. Never throws. */
export function parsedOf(value: unknown): Loose {
  if (typeof value !== 'string') return objectOf(value);
  if (!/^\s*\{/.test(value)) return {};
  try {
    return objectOf(JSON.parse(value));
  } catch {
    return {};
  }
}

/** Those of the attributes that say something. */
export function saying(
  attributes: Record<string, string | number | boolean | null | undefined>,
): Record<string, string | number | boolean> {
  const said: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === '') continue;
    said[name.slice(0, 100)] = typeof value === 'string' ? value.slice(0, 2000) : value;
  }
  return said;
}
