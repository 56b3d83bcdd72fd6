import type { ExposureSeen, Trace } from '@/lib/decisions/model';
import type { Judged } from '@/lib/replay/model';

const SEEN = [
  'settledBefore',
  'heldBefore',
  'amount',
  'after',
  'asked',
  'aloneBefore',
  'aloneAsked',
  'limit',
  'revision',
] as const satisfies (keyof ExposureSeen)[];

/** In what a judgement is other than the record, in words for a log: `verdict`, `exposure paid_24h after`. Pure. */
export function differences(recorded: Trace, judged: Judged): string[] {
  const found: string[] = [];
  for (const field of ['verdict', 'alone', 'reason'] as const)
    if (recorded[field] !== judged[field]) found.push(`${field} ${recorded[field]} → ${judged[field]}`);
  for (const [index, rule] of recorded.rules.entries()) {
    const again = judged.rules[index];
    if (again?.id !== rule.id || again.fired !== rule.fired || again.aloneFired !== rule.aloneFired)
      found.push(`rule ${rule.set}/${rule.id}`);
  }
  for (const seen of recorded.exposures) {
    const again = judged.exposures.find((one) => one.exposureId === seen.exposureId);
    for (const field of SEEN)
      if (again?.[field] !== seen[field])
        found.push(`exposure ${seen.meter} ${field} ${seen[field]} → ${again?.[field]}`);
  }
  return found;
}
