import { formatMinor } from '@/lib/policies/format';
import type { Judged } from '@/lib/replay/model';

/** What a rule says that has nothing to do with a request. */
const SILENT = ['does not apply', 'the meter does not count this request'];

/** Why an answer came out as it did, from its own trace: each rule with what it saw, each exposure with who holds it. Pure. */
export function explainStep(judged: Judged, names: ReadonlyMap<string, string>): string[] {
  const silent = judged.rules.filter((rule) => !rule.fired && SILENT.includes(rule.saw)).map((rule) => rule.id);
  const spoke = judged.rules.filter((rule) => !silent.includes(rule.id));
  const rules = spoke.map((rule) => {
    const how = !rule.fired
      ? 'did not fire'
      : rule.exempt
        ? 'fired; exempt'
        : rule.mode === 'shadow'
          ? 'fired in shadow'
          : 'fired';
    const alone =
      rule.aloneFired !== null && rule.aloneFired !== rule.fired
        ? rule.aloneFired
          ? '; alone it fires'
          : '; alone it does not'
        : '';
    return `rule ${rule.id} ${how}: ${rule.saw}${alone}`;
  });
  const exposures = judged.exposures.map((seen) => {
    const write = (value: string) => formatMinor(value, seen.scale);
    const unit = seen.unit ? ` ${seen.unit}` : '';
    const holders = seen.contributors.map(
      (one) => `${one.label} ${write(String(BigInt(one.settled) + BigInt(one.held)))}`,
    );
    return `exposure ${seen.meter} of ${(names.get(seen.key) ?? seen.key).slice(0, 80)}: ${write(seen.settledBefore)} settled, ${write(seen.heldBefore)} held, ${write(seen.amount)} asked${
      seen.limit === null ? '' : `, limit ${write(seen.limit)}`
    }${unit}${holders.length ? `; ${holders.join(', ')}` : ''}`;
  });
  return [
    ...(judged.message ? [`says: ${judged.message}`] : []),
    ...rules,
    ...(silent.length ? [`did not apply: ${silent.join(', ')}`] : []),
    ...exposures,
  ];
}
