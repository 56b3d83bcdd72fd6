import type { Part } from '@/lib/decisions/format';
import { plural, sentenceCase, windowText } from '@/lib/exposures/format';
import { durationSecs, type MeterSource, type PolicyDocument, type RuleSource } from '@/lib/policies/model';

/** Words that may stand alone as a scope; anything else is an expression. */
const PLAIN_SCOPE = /^(identity|session|credential|workflow|owner|resource|network|region|device|workload)$/;
const ID_SCOPE = /^(identity|session|credential|workflow|resource|subject)\.id$/;

/** Whole major units with grouped digits. */
export const majorText = (value: number): string =>
  String(value).replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, '\u202f'));

const scopePart = (scope: string): Part => {
  if (PLAIN_SCOPE.test(scope)) return scope;
  if (ID_SCOPE.test(scope)) return scope === 'subject.id' ? 'identity' : scope.replace('.id', '');
  return { code: scope };
};

const span = (duration: string): string => windowText(durationSecs(duration) ?? 0);

/** "per account and session" */
function per(meter: MeterSource): Part[] {
  const scopes = Array.isArray(meter.per) ? meter.per : [meter.per];
  return scopes.flatMap((scope, at): Part[] => [at === 0 ? ' per ' : ' and ', scopePart(scope)]);
}

const where = (condition: string | undefined, lead: string): Part[] => (condition ? [lead, { code: condition }] : []);

/** What a meter measures, in a sentence or two. */
export function meterWords(meter: MeterSource): Part[] {
  if ('live_sessions' in meter)
    return [
      'Counts live sessions',
      ...per(meter),
      ...where(meter.where, ', those where '),
      ...where(meter.on, ', asked about when '),
      '.',
    ];
  if ('lease' in meter)
    return [
      'One at a time',
      ...per(meter),
      ...where(meter.on, ', taken when '),
      `. Given back after ${span(meter.hold)} unless it is released before.`,
    ];
  if ('pending' in meter)
    return [
      'Counts open ',
      { code: meter.pending },
      ...per(meter),
      ...where(meter.on, ', for requests where '),
      `, each for ${span(meter.hold)} at most.`,
    ];
  const when = [over(meter), ...where(meter.on, ', for requests where '), '. '];
  if ('distinct' in meter) return ['Counts different ', { code: meter.distinct }, ...per(meter), ...when];
  if ('count' in meter && meter.count === 'refused')
    return ['Counts requests that were not allowed', ...per(meter), ...when];
  const what: Part[] = 'sum' in meter ? ['Sums ', { code: meter.sum }, ` in ${meter.unit}`] : ['Counts requests'];
  return [...what, ...per(meter), ...when, settled(meter)];
}

const PERIOD = { hour: 'each hour', day: 'each day', week: 'each week', month: 'each month' } as const;

function over({ over: sliding, window }: Extract<MeterSource, { over?: string }>): string {
  if (sliding) return ` over ${span(sliding)}`;
  if (window === 'live_sessions') return ' over live sessions';
  if (!window || window === 'lifetime') return ', in all';
  if (window.sliding) return ` over ${span(window.sliding)}`;
  return window.fixed ? ` ${PERIOD[window.fixed]} (${window.zone ?? 'UTC'})` : '';
}

function settled(meter: Extract<MeterSource, { settle: string }>): string {
  if (meter.settle === 'at_once') return 'An allow counts at once.';
  const end = meter.on_expiry === 'settle' ? 'counts' : 'is released';
  return `An allow is held${meter.hold ? ` for ${span(meter.hold)}` : ''} until the caller settles it; otherwise it ${end}.`;
}

const DOES = { deny: 'Denies', pause: 'Pauses', step_up: 'Asks to step up for' } as const;

/** What a rule does, in a sentence or two. */
export function ruleWords(rule: RuleSource, document: PolicyDocument): Part[] {
  const on = where(rule.on, ' Applies where ');
  const open = rule.fail === 'open' ? ' If it cannot be evaluated, it lets the request pass.' : '';
  return [...deed(rule, document), ...on, ...(on.length > 0 ? ['.'] : []), open];
}

function deed(rule: RuleSource, document: PolicyDocument): Part[] {
  if ('limit' in rule) {
    const meter = document.meters[rule.limit.meter];
    const unit = meter && 'unit' in meter ? `\u00a0${meter.unit}` : '';
    const max: Part[] =
      typeof rule.limit.max === 'number' ? [`${majorText(rule.limit.max)}${unit}`] : [{ code: rule.limit.max }, unit];
    const warn =
      rule.limit.warn.length > 0 ? ` Warns at ${rule.limit.warn.map((each) => `${each} %`).join(' and ')}.` : '';
    return [`${DOES[rule.limit.verdict]} what would bring `, { code: rule.limit.meter }, ' above ', ...max, `.${warn}`];
  }
  if ('step_up' in rule) return ['Asks to step up when ', { code: rule.step_up }, '.'];
  if ('pause' in rule) return ['Pauses when ', { code: rule.pause }, '.'];
  if ('deny' in rule) return ['Denies when ', { code: rule.deny }, '.'];
  return ['Grants when ', { code: rule.allow }, '.'];
}

/** The set in one sentence: what it does by default and how many of what it holds. */
export function setWords(document: PolicyDocument): string {
  const rules = `${document.rules.length} ${plural(document.rules.length, 'rule')}`;
  const meters = Object.keys(document.meters).length;
  const base = document.default === 'allow' ? 'allows what no rule objects to' : 'denies what no rule grants';
  return sentenceCase(`${base}; ${rules} on ${meters} ${plural(meters, 'meter')}`);
}
