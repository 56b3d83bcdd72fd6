import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js';
import { type Expression, type Facts, Failed, MAX_LIST, MAX_SESSIONS } from '@/lib/policies/compiled-model';
import { directly } from '@/lib/policies/direct-expression';
import { FACT_TYPES, type FactType, TIMESTAMP } from '@/lib/policies/fact-types-model';
import { FACTS } from '@/lib/policies/facts-model';
import { hint } from '@/lib/policies/hint';

/** What is wrong with an expression, and at which character of it. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly offset: number,
    /** Stable: what kind of problem it is. */
    readonly code = 'expression.invalid',
  ) {
    super(message);
  }
}

const LOOPS = new Set(['exists', 'all', 'exists_one', 'map', 'filter']);
/** Node visits one expression may need in the worst case; about 50 ms at the measured 0.05 µs a visit. */
const MAX_COST = 1_000_000;

const VARIABLES: Record<string, string> = {
  subject: 'Subject',
  action: 'Action',
  resource: 'Resource',
  context: 'map<string, dyn>',
  identity: 'Identity',
  session: 'Session',
  sessions: 'list<Session>',
  bound: 'Bound',
  changed: 'Changed',
  credential: 'Credential',
  workflow: 'Workflow',
  now: TIMESTAMP,
};

/** The CEL environment of one set: its meters are typed, so an unknown one is an error when the set is saved. */
export function environment(meters: readonly string[]): Environment {
  const env = new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 500, maxDepth: 40, maxListElements: MAX_LIST, maxMapEntries: MAX_LIST },
  });
  for (const name of Object.keys(FACT_TYPES) as FactType[]) {
    env.registerType(name, { ctor: FACTS[name], fields: FACT_TYPES[name] });
  }
  for (const [name, type] of Object.entries(VARIABLES)) env.registerVariable(name, type);
  if (meters.length) {
    env.registerType('Meters', {
      ctor: FACTS.Meters,
      fields: Object.fromEntries(meters.map((meter) => [meter, 'MeterValue'])),
    });
    env.registerVariable('meters', 'Meters');
  }
  return env;
}

const children = (node: ASTNode): ASTNode[] => {
  const found: ASTNode[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (value && typeof value === 'object' && 'op' in value) found.push(value as ASTNode);
  };
  visit(node.args);
  return found;
};

interface Weighed {
  cost: number;
  loops: boolean;
}

/**
 * Refuses what can stall a decision: `matches` (a backtracking engine: a bad pattern took 12 s), comprehensions nested
 * more than two deep or over a list an expression has built, and a worst case above MAX_COST.
 */
function weigh(node: ASTNode, depth: number): Weighed {
  const name = node.op === 'call' ? node.args[0] : node.op === 'rcall' ? node.args[0] : null;
  if (name === 'matches')
    throw new ExpressionError(
      'matches is not available: use startsWith, endsWith, contains or ==.',
      node.start,
      'expression.refused',
    );
  if (name === 'bind') throw new ExpressionError('cel.bind is not available.', node.start, 'expression.refused');
  if (node.op === 'rcall' && LOOPS.has(node.args[0])) return weighLoop(node, depth);
  return children(node).reduce<Weighed>(
    (sum, child) => {
      const one = weigh(child, depth);
      return { cost: sum.cost + one.cost, loops: sum.loops || one.loops };
    },
    { cost: 1, loops: false },
  );
}

function weighLoop(node: ASTNode & { op: 'rcall' }, depth: number): Weighed {
  const [name, list, body] = node.args;
  if (depth >= 2) throw new ExpressionError(`${name} is nested more than two deep.`, node.start, 'expression.cost');
  if (!['id', '.', '[]', 'list'].includes(list.op) && !(list.op === 'rcall' && LOOPS.has(list.args[0])))
    throw new ExpressionError(
      `${name} loops over a list the expression built: loop over an attribute.`,
      node.start,
      'expression.cost',
    );
  const inner = body.reduce((sum, child) => sum + weigh(child, depth + 1).cost, 1);
  return { cost: weigh(list, depth).cost + inner * MAX_LIST, loops: true };
}

/** Variables an expression reads, leaving out those a comprehension declares. */
function reads(node: ASTNode, bound: ReadonlySet<string>, into: Set<string>): void {
  if (node.op === 'id') {
    if (!bound.has(node.args)) into.add(node.args);
    return;
  }
  if (node.op === 'rcall' && LOOPS.has(node.args[0])) {
    const [, list, [variable, ...body]] = node.args;
    reads(list, bound, into);
    const within = new Set(bound).add(variable?.op === 'id' ? variable.args : '');
    for (const part of body) reads(part, within, into);
    return;
  }
  for (const child of children(node)) reads(child, bound, into);
}

const FUNCTIONS = [...new Set(new Environment().getDefinitions().functions.map((one) => one.name))];
const REFUSED = ['matches', 'bind'];

/** The error in words, with what was probably meant. */
function refused(error: ParseError | CelTypeError, source: string, meters: readonly string[]): ExpressionError {
  const { start, end } = error.range ?? { start: 0, end: 0 };
  const functions = FUNCTIONS.filter((name) => !REFUSED.includes(name));
  const known = { variables: VARIABLES, fields: FACT_TYPES, meters, functions };
  const code = error instanceof ParseError ? 'expression.syntax' : (CODES[error.code ?? ''] ?? 'expression.type');
  return new ExpressionError(`${error.summary}.${hint({ code: error.code, start, end }, source, known)}`, start, code);
}
const CODES: Record<string, string> = {
  unknown_variable: 'expression.unknown',
  no_such_key: 'expression.unknown',
  no_matching_overload: 'expression.function',
};

/**
 * Compiles one expression. `types` are the CEL types it may have (`dyn` is always accepted and checked at run time).
 * Throws ExpressionError with the offending character.
 */
export function compileExpression(
  env: Environment,
  source: string,
  types: readonly string[],
  meters: readonly string[],
): Expression {
  const parsed = parse(env, source, meters);
  const checked = parsed.check();
  if (!checked.valid) throw refused(checked.error!, source, meters);
  if (checked.type !== 'dyn' && !types.includes(checked.type ?? ''))
    throw new ExpressionError(`This gives ${checked.type}, not ${types.join(' or ')}.`, 0, 'expression.type');
  const weight = weigh(parsed.ast, 0);
  if (weight.cost > MAX_COST)
    throw new ExpressionError(
      'This could take too long on 200 sessions: loop less, or over less.',
      0,
      'expression.cost',
    );
  const seen = new Set<string>();
  reads(parsed.ast, new Set(), seen);
  return { source, reads: seen, loops: weight.loops, run: runner(parsed, seen, weight.loops) };
}

function parse(env: Environment, source: string, meters: readonly string[]) {
  try {
    return env.parse(source);
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof CelTypeError)) throw error;
    throw refused(error, source, meters);
  }
}

function runner(
  parsed: ((facts: Facts) => unknown) & { ast: ASTNode },
  seen: ReadonlySet<string>,
  loops: boolean,
): Expression['run'] {
  const seesSessions = seen.has('sessions');
  const direct = directly(parsed.ast);
  return (facts) => {
    if (seesSessions && facts.truncated)
      throw new Failed('sessions_truncated', `more than ${MAX_SESSIONS} sessions are live`);
    if (loops && facts.longest > MAX_LIST)
      throw new Failed('evaluation_error', `a list in the request has more than ${MAX_LIST} entries`);
    const value = direct?.(facts);
    if (value !== undefined) return value;
    try {
      return parsed(facts);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      const missing = error.code === 'no_such_key';
      throw new Failed(missing ? 'attribute_missing' : 'evaluation_error', error.summary.slice(0, 200));
    }
  };
}
