import { plural } from '@/lib/exposures/format';
import { DETECTORS, type Detector } from '@/lib/findings/model';
import { ACTIONS, type CreateRuleInput, type RuleRow } from '@/lib/responses/model';

/** 90 → "90 s", 3600 → "1 h". */
export function spanWords(secs: number): string {
  if (secs === 0) return 'at once';
  if (secs % 3600 === 0) return `${secs / 3600} h`;
  if (secs % 60 === 0) return `${secs / 60} min`;
  return `${secs} s`;
}

/** Of what somebody may choose, and what is set and is none of it. */
export const optionsOf = (known: Record<string, string>, value: number) =>
  Object.entries(String(value) in known ? known : { ...known, [String(value)]: `${value} s` }).map(([key, label]) => ({
    value: key,
    label,
  }));

/** Its act can be undone with a click, for a time of its own. */
export const canGoBack = ({ action, forSecs = 0 }: Pick<CreateRuleInput, 'action' | 'forSecs'>): boolean =>
  action === 'pause' || action === 'revoke' || (action === 'enforce' && forSecs === 0);

/** "Put a policy set in force: payments" */
export const thenWords = ({ action, policySet }: RuleRow): string =>
  policySet && action === 'enforce' ? `${ACTIONS[action]}: ${policySet}` : ACTIONS[action];

/** "Scope or privilege grew, high or above; owner Payments" */
export function whenWords(rule: RuleRow): string {
  const what = rule.detectors.length
    ? rule.detectors.map((name) => DETECTORS[name as Detector] ?? name).join(', ')
    : 'any finding';
  const severity = rule.minSeverity === 'critical' ? 'critical' : `${rule.minSeverity} or above`;
  const only = [
    ...rule.kinds.map((kind) => kind.replaceAll('_', ' ')),
    ...rule.environments.map((one) => `environment ${one}`),
    ...rule.owners.map((one) => `owner ${one}`),
    ...rule.names.map((one) => `named ${one}`),
  ];
  return `${what}, ${severity}${only.length ? `; only ${only.join(', ')}` : ''}`;
}

/** "after 10 min unless cancelled; can be undone for 1 h" */
export function howWords(rule: RuleRow): string {
  const delay = rule.delaySecs === 0 ? 'at once' : `after ${spanWords(rule.delaySecs)} unless cancelled`;
  const back = canGoBack(rule);
  const ends =
    rule.action === 'enforce' && rule.forSecs > 0 ? `; back into shadow after ${spanWords(rule.forSecs)}` : '';
  const again = rule.againAfterSecs === 0 ? '' : `; again after ${spanWords(rule.againAfterSecs)}`;
  return `${delay}${ends}${back && rule.undoSecs > 0 ? `; can be undone for ${spanWords(rule.undoSecs)}` : ''}${again}`;
}

/** One sentence for the page: what happens without anybody looking. */
export function rulesSentence(rules: RuleRow[]): string {
  const on = rules.filter((rule) => rule.state === 'enabled').length;
  if (rules.length === 0) return 'Nothing is done by itself: there is no rule.';
  if (on === 0)
    return `Nothing is done by itself: ${rules.length === 1 ? 'the one rule is' : `all ${rules.length} rules are`} at rest.`;
  const done = rules.reduce((sum, rule) => sum + rule.done, 0);
  const refused = rules.reduce((sum, rule) => sum + rule.refused, 0);
  return `${on} ${plural(on, 'rule acts', 'rules act')} on findings: ${done} ${plural(done, 'act')} so far${refused ? `, ${refused} refused by a guardrail` : ''}.`;
}

/** Lines of a text field, without empty ones. */
export const linesOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);
