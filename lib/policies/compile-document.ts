import type { Environment } from '@marcbachmann/cel-js';
import { minorUnits } from '@/lib/exposures/model';
import { LIVE } from '@/lib/exposures/window-state';
import type { CompiledSet, Expression, Meter, Rule, RuleObligation } from '@/lib/policies/compiled-model';
import { compileExpression, ExpressionError, environment } from '@/lib/policies/expression';
import { durationSecs, type MeterSource, type PolicyDocument, type RuleSource, SCOPES } from '@/lib/policies/model';
import { BY_BRAID } from '@/lib/policies/obligations-evaluate';
import { suggest } from '@/lib/policies/suggest';

type Path = (string | number)[];
type Report = (path: Path, message: string, offset?: number, code?: string) => void;

/** live_sessions counts sessions, so its scope has to be one that groups sessions. */
const LIVE_SCOPES = ['identity.id', 'workflow.id', 'credential.id', 'identity.owner', 'session.device'];
const SESSION_FIELD = /^session\.\w+$/;

class Compiler {
  readonly names: string[];
  private readonly env: Environment;
  /** Conditions of meters and their keys come before any meter has a value. */
  private readonly bare: Environment;

  constructor(
    private readonly document: PolicyDocument,
    private readonly report: Report,
  ) {
    this.names = Object.keys(document.meters);
    this.env = environment(this.names);
    this.bare = environment([]);
  }

  expression(source: string, path: Path, types: string[], env = this.env): Expression | null {
    try {
      return compileExpression(env, source, types, this.names);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.report(path, error.message, error.offset, error.code);
      return null;
    }
  }

  private optional(source: string | undefined, path: Path, env = this.env): Expression | null {
    return source === undefined ? null : this.expression(source, path, ['bool'], env);
  }

  meter(name: string, source: MeterSource): Meter | null {
    const path: Path = ['meters', name];
    const listed = Array.isArray(source.per);
    const scopes = [source.per].flat().map((text) => SCOPES[text] ?? text);
    const per = scopes.map((text, index) =>
      this.expression(text, listed ? [...path, 'per', index] : [...path, 'per'], ['string', 'int', 'bool'], this.bare),
    );
    if ('live_sessions' in source) this.liveScopes(scopes, path);
    if ('over' in source && source.over && source.window)
      this.report([...path, 'window'], 'over and window exclude each other: over: 24h is window: { sliding: 24h }.');
    if ('count' in source && source.count === 'refused' && source.settle === 'explicit')
      this.report([...path, 'settle'], 'What is refused holds nothing: leave settle out.');
    const explicit = 'settle' in source && source.settle === 'explicit';
    if (explicit && !source.hold) this.report([...path, 'settle'], 'settle: explicit needs a hold, e.g. hold: 15m.');
    if ('settle' in source && !explicit && source.hold)
      this.report([...path, 'hold'], 'hold needs settle: explicit; at_once is counted when it is allowed.');
    const on = this.optional(source.on, [...path, 'on'], this.bare);
    const pending =
      'pending' in source ? this.optional(`action.name == ${JSON.stringify(source.pending)}`, path, this.bare) : null;
    const hold = 'hold' in source && source.hold ? durationSecs(source.hold) : null;
    const member = 'distinct' in source ? this.member(source.distinct, path) : null;
    if (per.includes(null) || ('distinct' in source && !member)) return null;
    return {
      name,
      kind: kindOf(source),
      scope: scopes.join(' + '),
      per: per as Expression[],
      on: both(pending, on),
      attribute: 'sum' in source ? source.sum : null,
      unit: 'sum' in source ? source.unit : null,
      scale: 'sum' in source ? source.scale : 0,
      member,
      refused: 'count' in source && source.count === 'refused',
      ...spanOf(source),
      explicit: explicit || hold !== null,
      holdSecs: hold,
      onExpiry: 'on_expiry' in source ? source.on_expiry : 'release',
      where: 'where' in source && source.where ? this.where(source.where, path) : null,
    };
  }

  private member(source: string, path: Path): Expression | null {
    return this.expression(SCOPES[source] ?? source, [...path, 'distinct'], ['string', 'int', 'bool'], this.bare);
  }

  private liveScopes(scopes: string[], path: Path): void {
    const grouped = scopes.some((scope) => LIVE_SCOPES.includes(scope));
    const wrong = scopes.find((scope) => !LIVE_SCOPES.includes(scope) && !SESSION_FIELD.test(scope));
    if (!grouped || wrong)
      this.report(
        [...path, 'per'],
        `live_sessions counts per ${LIVE_SCOPES.join(', ')}: what sessions of an identity, or of several, have in common. Other fields of the session may come with one of them: per: [identity, region].`,
      );
  }

  /** `where` is asked of each session, which it calls `session`. */
  private where(source: string, path: Path): Expression | null {
    return this.expression(source, [...path, 'where'], ['bool'], this.bare);
  }

  rule(source: RuleSource, index: number): Rule {
    const path: Path = ['rules', index];
    const limit = 'limit' in source ? this.limit(source, path) : null;
    const kind = (['allow', 'deny', 'pause', 'step_up', 'limit'] as const).find((word) => word in source)!;
    const text = kind === 'limit' ? undefined : ((source as Record<string, unknown>)[kind] as string);
    return {
      id: source.id,
      kind,
      shadow: (source.mode ?? this.document.mode) === 'shadow',
      failOpen: source.fail === 'open',
      message: source.message ?? null,
      on: this.optional(source.on, [...path, 'on']),
      when: text === undefined ? null : this.optional(text, [...path, kind]),
      limit,
      acrValues: 'acr_values' in source ? (source.acr_values ?? []) : [],
      maxTrustSecs: 'max_trust_age' in source && source.max_trust_age ? durationSecs(source.max_trust_age) : null,
      obligations: this.obligations(source, path),
      approval: this.approval(source, path),
    };
  }

  /** A limit that denies is a line nobody can talk across; one that asks for more can be answered by an approval. */
  private approval(source: RuleSource, path: Path): Rule['approval'] {
    if (!('approval' in source) || !source.approval) return null;
    const { approval } = source;
    if ('limit' in source && source.limit.verdict !== 'step_up')
      this.report([...path, 'approval'], 'Only a limit with verdict: step_up can be approved; this one always holds.');
    return {
      secs: durationSecs(approval.for)!,
      uses: approval.uses,
      waitSecs: durationSecs(approval.wait)!,
      automatic: this.optional(approval.automatic, [...path, 'approval', 'automatic']),
      binds: approval.binds ?? null,
      pace: approval.pace ? { most: approval.pace.most, secs: durationSecs(approval.pace.within)! } : null,
    };
  }

  private obligations(source: RuleSource, path: Path): RuleObligation[] {
    return (source.obligations ?? []).map((given, index) => {
      const one = typeof given === 'string' ? { type: given } : given;
      const at = 'at' in one ? (one.at ?? null) : null;
      if (at !== null && !('limit' in source))
        this.report([...path, 'obligations', index, 'at'], 'at is a percentage of a limit: this rule has none.');
      if (BY_BRAID.includes(one.type) && 'allow' in source)
        this.report([...path, 'obligations', index], `A rule that allows ends nothing: ${one.type} goes with another.`);
      return { type: one.type, at, properties: ('properties' in one ? one.properties : undefined) ?? {} };
    });
  }

  private limit(source: Extract<RuleSource, { limit: unknown }>, path: Path): Rule['limit'] {
    const { meter, max, warn, verdict } = source.limit;
    if (verdict !== 'step_up' && (source.max_trust_age || source.acr_values))
      this.report(
        [...path, source.max_trust_age ? 'max_trust_age' : 'acr_values'],
        'Assurance is asked for by verdict: step_up.',
      );
    const target = this.document.meters[meter];
    if (!target) {
      this.report([...path, 'limit', 'meter'], `There is no meter "${meter}".${suggest(meter, this.names)}`);
      return null;
    }
    const scale = 'sum' in target ? target.scale : 0;
    if (typeof max === 'string') {
      const compiled = this.expression(max, [...path, 'limit', 'max'], ['int', 'double']);
      return compiled && { meter, max: compiled, warn: [...warn].sort((a, b) => a - b), verdict };
    }
    const minor = minorUnits(String(max), scale);
    if (minor === null) {
      this.report([...path, 'limit', 'max'], `max has more than the ${scale} decimals of this meter.`);
      return null;
    }
    return { meter, max: minor, warn: [...warn].sort((a, b) => a - b), verdict };
  }
}

const kindOf = (source: MeterSource): Meter['kind'] =>
  (['sum', 'count', 'distinct', 'live_sessions', 'lease', 'pending'] as const).find((word) => word in source)!;

function spanOf(source: MeterSource): { windowSecs: number | null; calendar: string | null } {
  const over = 'over' in source ? source.over : undefined;
  const window = 'window' in source ? source.window : undefined;
  if (over) return { windowSecs: durationSecs(over), calendar: null };
  if (window === 'live_sessions') return { windowSecs: null, calendar: LIVE };
  if (!window || window === 'lifetime') return { windowSecs: null, calendar: null };
  if (window.sliding) return { windowSecs: durationSecs(window.sliding), calendar: null };
  return { windowSecs: 0, calendar: `${window.fixed} ${window.zone ?? 'UTC'}` };
}

/** Both conditions, the first deciding whether the second is asked at all. */
function both(first: Expression | null, second: Expression | null): Expression | null {
  if (!first || !second) return first ?? second;
  return {
    source: `${first.source} && (${second.source})`,
    reads: new Set([...first.reads, ...second.reads]),
    loops: first.loops || second.loops,
    run: (facts) => first.run(facts) === true && second.run(facts) === true,
  };
}

/** Compiles a document that has been read. Problems go to `report`; the result is whole only when there were none. */
export function compileDocument(document: PolicyDocument, report: Report): Omit<CompiledSet, 'version' | 'hash'> {
  const compiler = new Compiler(document, report);
  const seen = new Set<string>();
  document.rules.forEach((rule, index) => {
    if (seen.has(rule.id)) report(['rules', index, 'id'], `There is already a rule "${rule.id}".`);
    seen.add(rule.id);
  });
  if (!document.rules.length && !compiler.names.length && document.default === 'deny')
    report(['set'], 'This set has no rules and denies everything: write default: deny and an allow rule, or rules.');
  return {
    name: document.set,
    mode: document.mode,
    default: document.default,
    meters: Object.entries(document.meters).flatMap(([name, source]) => compiler.meter(name, source) ?? []),
    rules: document.rules.map((rule, index) => compiler.rule(rule, index)),
    ...(document.entities ? { entities: document.entities } : {}),
  };
}
