import type { ASTNode } from '@marcbachmann/cel-js';
import type { Facts } from '@/lib/policies/compiled-model';
import { FACT_TYPES } from '@/lib/policies/fact-types-model';

// Most expressions of policies are plain: `action.name == "payment.create"`, `resource.id`, `sessions.exists(…)` over a
// field or two. They are compiled to functions that read the facts themselves. What is not plain is not compiled, and
// whenever a value is missing or of another type than usual the function answers undefined: then CEL runs the whole
// expression, and says what it gives or why it fails. So there is one meaning, and it is CEL's.

/** The facts, and what the variables of up to two comprehensions stand for. */
type Direct = (facts: Facts, first: Bound, second: Bound) => unknown;
type Bound = object | undefined;

const ENTITIES = new Set(['subject', 'resource', 'action']);
const MESSAGES: Record<string, keyof typeof FACT_TYPES> = {
  identity: 'Identity',
  session: 'Session',
  credential: 'Credential',
  workflow: 'Workflow',
  bound: 'Bound',
  changed: 'Changed',
};
const METHODS: Record<string, (text: string, part: string) => boolean> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

/** The same expression without CEL, as far as that goes; null when it is not a plain one. */
export function directly(ast: ASTNode): ((facts: Facts) => unknown) | null {
  const direct = compile(ast, []);
  if (!direct) return null;
  return (facts) => {
    const value = direct(facts, undefined, undefined);
    return typeof value === 'object' ? undefined : value;
  };
}

function compile(node: ASTNode, scope: readonly string[]): Direct | null {
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case '.':
      return path(node, scope);
    case '&&':
    case '||':
      return logical(node.op === '&&', node.args, scope);
    case '!_':
      return not(node.args, scope);
    case '==':
    case '!=':
      return equality(node.op === '==', node.args, scope);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node.op, node.args, scope);
    case 'in':
      return membership(node.args, scope);
    case '?:':
      return choice(node.args, scope);
    case 'call':
      return node.args[0] === 'has' ? presence(node.args[1][0], scope) : null;
    case 'rcall':
      return method(node.args, scope);
    default:
      return null;
  }
}

const literal = (value: unknown): Direct | null =>
  ['string', 'boolean', 'bigint', 'number'].includes(typeof value) ? () => value : null;

// ── paths ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `a.b.c` as its variable and the names after it. */
function namesOf(node: ASTNode): { root: string; names: string[] } | null {
  const names: string[] = [];
  let at = node;
  while (at.op === '.') {
    names.unshift(at.args[1]);
    at = at.args[0];
  }
  return at.op === 'id' && names.length ? { root: at.args, names } : null;
}

/** What stands as the object of the first name, and how many of the names lead to a map of the request. */
function rootOf(root: string, names: string[], scope: readonly string[]): { of: Direct; typed: number } | null {
  const place = scope.lastIndexOf(root);
  const type = place < 0 ? (Object.hasOwn(MESSAGES, root) ? MESSAGES[root]! : null) : 'Session';
  if (type && !Object.hasOwn(FACT_TYPES[type], names[0]!)) return null;
  if (place === 0) return { of: (_facts, first) => first, typed: 1 };
  if (place === 1) return { of: (_facts, _first, second) => second, typed: 1 };
  if (root === 'context') return { of: (facts) => facts.context, typed: 0 };
  if (ENTITIES.has(root)) {
    const entity = root as 'subject' | 'resource' | 'action';
    if (names[0] === 'type' || names[0] === 'id' || names[0] === 'name')
      return { of: (facts) => facts.asked[entity], typed: 1 };
    return { of: (facts) => facts[entity], typed: 1 };
  }
  if (type) {
    const message = root as 'identity' | 'session' | 'credential' | 'workflow' | 'bound' | 'changed';
    return { of: (facts) => facts[message], typed: 1 };
  }
  return root === 'meters' ? { of: (facts) => facts.meters, typed: 2 } : null;
}

const member = (of: unknown, name: string): unknown => (of as Record<string, unknown>)[name];

/** A member of a map of the request; undefined unless it is a plain map that has it. */
const own = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null && of.constructor === Object && Object.hasOwn(of, name)
    ? (of as Record<string, unknown>)[name]
    : undefined;

function path(node: ASTNode, scope: readonly string[]): Direct | null {
  const found = namesOf(node);
  const root = found && rootOf(found.root, found.names, scope);
  if (!root || found.names.length < root.typed) return null;
  const { of, typed } = root;
  const [one, ...rest] = found.names as [string, ...string[]];
  if (typed === 1 && !rest.length) return (facts, first, second) => member(of(facts, first, second), one);
  const { names } = found;
  return (facts, first, second) => {
    let value = of(facts, first, second);
    for (let i = 0; i < names.length && value !== undefined; i++)
      value = i < typed ? member(value, names[i]!) : own(value, names[i]!);
    return value;
  };
}

/** `has(a.b.c)`: whether the last name is there, when all before it are. */
function presence(node: ASTNode | undefined, scope: readonly string[]): Direct | null {
  const found = node && namesOf(node);
  const root = found && rootOf(found.root, found.names, scope);
  if (!root || found.names.length < root.typed) return null;
  const { of, typed } = root;
  const before = found.names.slice(0, -1);
  const last = found.names.at(-1)!;
  const fields = typed > before.length;
  // A field no message has is false, not unknown, and only CEL knows which there are.
  if (fields && (found.root === 'meters' || ENTITIES.has(found.root))) return null;
  return (facts, first, second) => {
    let value = of(facts, first, second);
    for (let i = 0; i < before.length; i++) {
      value = i < typed ? member(value, before[i]!) : own(value, before[i]!);
      if (value === undefined) return undefined;
    }
    if (fields) return member(value, last) !== undefined;
    if (typeof value !== 'object' || value === null || value.constructor !== Object) return undefined;
    const there = own(value, last);
    if (typeof there === 'object' && there !== null && there.constructor !== Object && !Array.isArray(there))
      return undefined;
    return there !== undefined;
  };
}

// ── operators ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Two = readonly [ASTNode, ASTNode];

function both([left, right]: Two, scope: readonly string[]): [Direct, Direct] | null {
  const one = compile(left, scope);
  const two = one && compile(right, scope);
  return two && [one, two];
}

function logical(and: boolean, args: Two, scope: readonly string[]): Direct | null {
  const sides = both(args, scope);
  if (!sides) return null;
  const [left, right] = sides;
  return (facts, first, second) => {
    const value = left(facts, first, second);
    if (value === !and) return value;
    if (value !== and) return undefined;
    const other = right(facts, first, second);
    return typeof other === 'boolean' ? other : undefined;
  };
}

function not(arg: ASTNode, scope: readonly string[]): Direct | null {
  const inner = compile(arg, scope);
  return (
    inner &&
    ((facts, first, second) => {
      const value = inner(facts, first, second);
      return typeof value === 'boolean' ? !value : undefined;
    })
  );
}

function equality(equal: boolean, args: Two, scope: readonly string[]): Direct | null {
  const sides = both(args, scope);
  if (!sides) return null;
  const [left, right] = sides;
  return (facts, first, second) => {
    const a = left(facts, first, second);
    const b = right(facts, first, second);
    if (typeof a !== typeof b || typeof a === 'object' || typeof a === 'undefined') return undefined;
    return (a === b) === equal;
  };
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

function comparison(op: '<' | '<=' | '>' | '>=', args: Two, scope: readonly string[]): Direct | null {
  const sides = both(args, scope);
  if (!sides) return null;
  const [left, right] = sides;
  return (facts, first, second) => {
    const a = left(facts, first, second) as number;
    const b = right(facts, first, second) as number;
    if (!((isNumber(a) && isNumber(b)) || (typeof a === 'string' && typeof b === 'string'))) return undefined;
    return op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b;
  };
}

/** Lists of a session that hold texts and nothing else: empty, they are still known to. */
const TEXT_LISTS = new Set<unknown>(['tags', 'zones']);

/** A text in a list of texts. */
function membership([left, right]: Two, scope: readonly string[]): Direct | null {
  const value = compile(left, scope);
  if (!value) return null;
  if (right.op === 'list') {
    const words = right.args.map((one) => (one.op === 'value' ? one.args : undefined));
    if (!words.length || words.some((word) => typeof word !== 'string')) return null;
    return (facts, first, second) => {
      const text = value(facts, first, second);
      return typeof text === 'string' ? words.includes(text) : undefined;
    };
  }
  const list = right.op === '.' ? path(right, scope) : null;
  if (!list) return null;
  const plain = right.op === '.' && TEXT_LISTS.has(right.args[1]) && namesOf(right)!.names.length === 1;
  return (facts, first, second) => {
    const text = value(facts, first, second);
    const items = list(facts, first, second);
    if (typeof text !== 'string' || !Array.isArray(items)) return undefined;
    if (items.length === 0) return plain ? false : undefined;
    return typeof items[0] === 'string' ? items.includes(text) : undefined;
  };
}

function choice(
  [condition, left, right]: readonly [ASTNode, ASTNode, ASTNode],
  scope: readonly string[],
): Direct | null {
  const asked = compile(condition, scope);
  const sides = asked && both([left, right], scope);
  if (!sides) return null;
  const [one, other] = sides;
  return (facts, first, second) => {
    const value = asked(facts, first, second);
    if (typeof value !== 'boolean') return undefined;
    return value ? one(facts, first, second) : other(facts, first, second);
  };
}

// ── methods ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function method([name, on, args]: readonly [string, ASTNode, ASTNode[]], scope: readonly string[]): Direct | null {
  const compare = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (!compare) return name === 'exists' || name === 'all' ? quantifier(name === 'exists', on, args, scope) : null;
  const sides = args.length === 1 ? both([on, args[0]!], scope) : null;
  if (!sides) return null;
  const [text, part] = sides;
  return (facts, first, second) => {
    const a = text(facts, first, second);
    const b = part(facts, first, second);
    return typeof a === 'string' && typeof b === 'string' ? compare(a, b) : undefined;
  };
}

/** `sessions.exists(s, …)` and `sessions.all(s, …)`. */
function quantifier(exists: boolean, list: ASTNode, args: ASTNode[], scope: readonly string[]): Direct | null {
  const [variable, body] = args;
  if (list.op !== 'id' || list.args !== 'sessions' || scope.includes('sessions') || scope.length > 1) return null;
  if (variable?.op !== 'id' || !body || args.length !== 2) return null;
  const holds = compile(body, [...scope, variable.args]);
  if (!holds) return null;
  const outer = scope.length === 0;
  return (facts, first) => {
    for (const session of facts.sessions) {
      const value = outer ? holds(facts, session, undefined) : holds(facts, first, session);
      if (value === exists) return exists;
      if (value !== !exists) return undefined;
    }
    return !exists;
  };
}
