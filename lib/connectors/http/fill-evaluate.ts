import { BraidError } from '@/lib/platform/errors';

// Templates: `{identity.id}`, `{session.key}`. What is put in is data: it never becomes another path, parameter or member.

export type Values = Record<string, string | number | boolean | null>;
const PLACE = /\{([a-z]+\.[A-Za-z_][\w-]{0,60})\}/g;

/** Names a template asks for. */
export const namesIn = (template: unknown): string[] =>
  typeof template === 'string'
    ? [...template.matchAll(PLACE)].map((match) => match[1]!)
    : typeof template === 'object' && template !== null
      ? Object.values(template).flatMap(namesIn)
      : [];

const value = (values: Values, name: string): string | number | boolean | null => {
  const found = values[name];
  if (found === undefined)
    throw new BraidError('connector.refused', `The answer held no ${name}, which the request needs.`);
  return found;
};

/** A value in a path or query: encoded, so that no slash, question mark or ampersand of it counts. */
function encoded(values: Values, name: string): string {
  const text = String(value(values, name) ?? '');
  // A dot segment would climb, encoded or not; nothing would ask for the list instead of the one.
  if (text === '' || /^\.{1,2}$/.test(text))
    throw new BraidError('connector.refused', `${name} can’t stand in an address.`);
  return encodeURIComponent(text);
}

export const fillPath = (template: string, values: Values): string =>
  template.replace(PLACE, (_, name: string) => encoded(values, name));

/** A body: a text that is one place alone keeps the value's type. */
export function fillBody(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const whole = /^\{([a-z]+\.[A-Za-z_][\w-]{0,60})\}$/.exec(template);
    if (whole) return value(values, whole[1]!);
    return template.replace(PLACE, (_, name: string) => String(value(values, name) ?? ''));
  }
  if (Array.isArray(template)) return template.map((one) => fillBody(one, values));
  if (typeof template === 'object' && template !== null)
    return Object.fromEntries(Object.entries(template).map(([name, one]) => [name, fillBody(one, values)]));
  return template;
}
