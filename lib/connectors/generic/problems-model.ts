import { z } from 'zod';

type Issue = z.core.$ZodIssue;

const FIELD = 'a path like request.user.id, or {path | paths | value}';

/** How many letters have to be added, taken or changed, up to 3. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The member that is most likely meant, where one is near. */
function nearest(name: string, known: string[]): string | undefined {
  const [best] = known.map((each) => ({ each, far: distance(name, each) })).sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(1, Math.min(3, Math.floor(name.length / 3))) ? best.each : undefined;
}

/** The members of the object a path of the mapping leads to. */
function membersAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.ZodType | undefined = schema;
  for (const step of path) {
    const object = objectIn(at);
    at = object ? (object.shape[String(step)] as z.ZodType | undefined) : undefined;
  }
  return Object.keys(objectIn(at)?.shape ?? {});
}

function objectIn(schema: z.ZodType | undefined): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).map(objectIn).find(Boolean);
  if (schema instanceof z.ZodPipe) return objectIn(schema.in as z.ZodType);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return objectIn(schema.unwrap() as z.ZodType);
  return undefined;
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );

/** What is wrong with a mapping, each with the member it is about; misspelt ones first, for they explain what is missing. */
export function problemsOf(issues: readonly Issue[], given: unknown, schema: z.ZodType): string[] {
  const said = issues.flatMap((issue) => saying(issue, given, schema));
  return said.sort((a, b) => Number(b.misspelt) - Number(a.misspelt)).map((each) => each.text);
}

function saying(issue: Issue, given: unknown, schema: z.ZodType): { text: string; misspelt: boolean }[] {
  const where = issue.path.join('.');
  const of = (text: string, misspelt = false) => [{ text: `${where ? `${where}: ` : ''}${text}`, misspelt }];
  if (issue.code === 'unrecognized_keys') {
    const known = membersAt(schema, issue.path);
    return issue.keys.flatMap((key) => {
      const meant = nearest(key, known);
      const instead = meant ? `did you mean ${meant}?` : `known: ${known.join(', ')}`;
      return of(`there is no member ${key} (${instead})`, true);
    });
  }
  const value = valueAt(given, issue.path);
  if (value === undefined) return of(`is missing${wanted(issue)}`);
  if (issue.code === 'invalid_union') return insideOf(issue, given, schema);
  if (issue.code === 'invalid_value') return of(`must be one of ${issue.values.map(String).join(', ')}`);
  return of(issue.message.charAt(0).toLowerCase() + issue.message.slice(1));
}

const wanted = (issue: Issue): string => {
  if (issue.code === 'invalid_value') return `: one of ${issue.values.map(String).join(', ')}`;
  if (issue.code !== 'invalid_union') return '';
  const values = issue.errors.flat().find((each) => each.code === 'invalid_value');
  return values ? `: one of ${values.values.map(String).join(', ')}, or {path, values, default}` : `: ${FIELD}`;
};

/** Of several ways to write a member the one that comes nearest to what was written says what is wrong with it. */
function insideOf(issue: Extract<Issue, { code: 'invalid_union' }>, given: unknown, schema: z.ZodType) {
  const isObject = typeof valueAt(given, issue.path) === 'object';
  const ways = issue.errors.filter((each) => each.length > 0);
  const way =
    ways.find((each) => (each[0]!.code === 'invalid_type' && each[0]!.path.length === 0) !== isObject && isObject) ??
    ways.find((each) => each.every((one) => one.code !== 'invalid_type')) ??
    ways[0] ??
    [];
  return way.flatMap((each) => saying({ ...each, path: [...issue.path, ...each.path] } as Issue, given, schema));
}
