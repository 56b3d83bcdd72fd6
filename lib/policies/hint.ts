import { suggest } from '@/lib/policies/suggest';

/** What an expression may name, by kind. */
export interface Known {
  /** Variables with their CEL types. */
  variables: Readonly<Record<string, string>>;
  /** Fields by type. */
  fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  meters: readonly string[];
  functions: readonly string[];
}

const COMPREHENSION = /\.\s*(exists|all|exists_one|map|filter)\s*\(\s*\w*$/;

/** What was probably meant by the word an expression fails on: a variable, a field, a meter or a function; '' if nobody can say. */
export function hint(error: { code?: string; start: number; end: number }, source: string, known: Known): string {
  const before = source.slice(0, error.start);
  const word = source.slice(error.start, error.end);
  if (error.code === 'unknown_variable') {
    // `list.exist(s, …)`: what is wrong is not s but that exist is no comprehension.
    const called = /\.\s*(\w+)\s*\(\s*$/.exec(before)?.[1];
    if (called && !COMPREHENSION.test(before))
      return ` ${called} takes no variable.${suggest(called, known.functions)}`;
    return suggest(word, [...Object.keys(known.variables), 'meters']);
  }
  if (error.code === 'no_matching_overload') {
    const called = /(?:^|\.)\s*(\w+)\s*\(/.exec(word.slice(word.search(/\w+\s*\(/)))?.[1];
    return !called || known.functions.includes(called) ? '' : suggest(called, known.functions);
  }
  if (error.code !== 'no_such_key') return '';
  if (/\bmeters\.$/.test(before)) return suggest(word, known.meters);
  if (/\bmeters\.\w+\.$/.test(before)) return suggest(word, Object.keys(known.fields.MeterValue ?? {}));
  const owner = /\b(\w+)\.$/.exec(before)?.[1] ?? '';
  // A name a comprehension declares stands for a session: sessions are the only list of things with fields.
  const fields = known.fields[known.variables[owner] ?? 'Session'];
  return fields ? suggest(word, Object.keys(fields)) : '';
}
