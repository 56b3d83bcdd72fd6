import { canonical } from '@/lib/decisions/canonical';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import type { Judgement } from '@/lib/policies/evaluate';
import { NOT_APPLICABLE, NOT_COUNTED, sawOf } from '@/lib/policies/rules-evaluate';
import type { Judged } from '@/lib/policies/settle-evaluate';
import type { Standing } from '@/lib/policies/views-evaluate';

/** Whether a rule did not fire, and what it saw follows from its set and from the exposures. */
function isUsual({ set, rule, outcome, own }: Judged, exposures: readonly Standing[]): boolean {
  if (outcome.fired || own?.fired) return false;
  if (!rule.limit) return outcome.saw === null;
  if (set.mode === 'shadow') return false;
  const first = exposures.find((one) => one.touch.meter.name === rule.limit!.meter && one.touch.set === set.name);
  if (outcome === NOT_COUNTED) return !first;
  return first !== undefined && first.touch === outcome.touch && isTold(rule.limit.max, outcome);
}

/** The words of a limit follow from the exposure's numbers, unless it counts sessions, where only the older ones matter. */
const isTold = (max: unknown, { saw, touch }: Judged['outcome']): boolean =>
  typeof max === 'bigint' && saw === null && touch !== null && touch.meter.kind !== 'live_sessions';

const doesNotApply = ({ outcome, own }: Judged): boolean => outcome === NOT_APPLICABLE && !own?.fired;

/** The member `rules`: those that are not as usual. */
export function rulesText({ judged, exposures }: Judgement, sets: CompiledSet[]): string {
  if (judged.length === 0) return sets.some((set) => set.rules.length > 0) ? '"rules":null,' : '';
  let text = '';
  let set: CompiledSet | null = null;
  let place = -1;
  let rule = 0;
  for (const one of judged) {
    if (one.set !== set) {
      set = one.set;
      place = sets.indexOf(set);
      rule = 0;
    }
    if (!doesNotApply(one) && !isUsual(one, exposures))
      text += `${text ? ',' : ''}${canonical(unusual(one, exposures, rule, place))}`;
    rule += 1;
  }
  return text && `"rules":[${text}],`;
}

function unusual({ rule, outcome, own, exemption }: Judged, exposures: readonly Standing[], at: number, set: number) {
  const { fired, reason, saw, touch, verdict } = outcome;
  const seen = touch ? exposures.findIndex((one) => one.touch.exposureId === touch.exposureId) : -1;
  const told = rule.limit
    ? seen >= 0 && exposures[seen]!.touch === touch && isTold(rule.limit.max, outcome)
    : saw === null;
  return {
    aloneFired: own?.fired || undefined,
    exempt: (fired && exemption?.id) || undefined,
    exposure: touch ? (seen >= 0 ? seen : touch.exposureId) : undefined,
    fired: fired || undefined,
    reason: reason === 'ok' ? undefined : reason,
    rule: at,
    saw: told ? undefined : sawOf(rule, outcome),
    set: set || undefined,
    verdict: verdict === 'allow' ? undefined : verdict,
  };
}

/** The member `skipped`: rules that did not apply. */
export function skippedText({ judged }: Judgement, sets: CompiledSet[]): string {
  let text = '';
  for (const one of judged) {
    if (!doesNotApply(one)) continue;
    const set = sets.indexOf(one.set);
    text += `${text ? ',' : ''}[${one.set.rules.indexOf(one.rule)}${set ? `,${set}` : ''}]`;
  }
  return text && `"skipped":[${text}],`;
}
