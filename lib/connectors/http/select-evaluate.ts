// Paths into JSON answers: `data.items`, `$.sessions[0].id`, `users[*].name`, `["odd name"].id`. A subset of RFC 9535.

type Step = string | number | '*';
const MOST_STEPS = 20;
const PIECE = /\s*(?:\.?([A-Za-z_$][\w$-]*)|\[(\d{1,6})\]|\[(\*)\]|\[(?:"([^"\]]{1,200})"|'([^'\]]{1,200})')\])/y;

/** The steps of a path; null: it is none. `$` alone is the whole answer. */
export function stepsOf(path: string): Step[] | null {
  const text = path.trim().replace(/^\$\.?(?=$|[.[\w])/, '');
  const steps: Step[] = [];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < text.length) {
    const match = PIECE.exec(text);
    if (!match || steps.length >= MOST_STEPS) return null;
    const [, name, index, every, quoted, single] = match;
    steps.push(every ? '*' : index !== undefined ? Number(index) : (name ?? quoted ?? single)!);
  }
  return steps;
}

const own = (value: unknown, step: string | number): unknown => {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
};

/** What stands at a path. With `[*]` a list of what stands in each item; undefined: nothing. */
export function select(value: unknown, path: string): unknown {
  let found: unknown[] = [value];
  let many = false;
  for (const step of stepsOf(path) ?? []) {
    if (step === '*') {
      many = true;
      found = found.flatMap((one) => (Array.isArray(one) ? one : []));
    } else found = found.map((one) => own(one, step)).filter((one) => one !== undefined);
  }
  return many ? found : found[0];
}

/** A text, number or truth value as a text; undefined: none of them. */
export const textAt = (value: unknown, path: string | undefined): string | undefined => {
  const found = path === undefined ? undefined : select(value, path);
  if (typeof found === 'string') return found === '' ? undefined : found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
};

export interface Condition {
  path: string;
  equals?: string | number | boolean | null | undefined;
  in?: (string | number | boolean)[] | undefined;
  exists?: boolean | undefined;
}

export function holds(value: unknown, condition: Condition): boolean {
  const found = select(value, condition.path);
  if (condition.exists !== undefined) return (found !== undefined && found !== null) === condition.exists;
  if (condition.in) return condition.in.some((one) => one === found);
  return (found ?? null) === (condition.equals ?? null);
}
