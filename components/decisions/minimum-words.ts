import { amountText } from '@/lib/exposures/format';
import type { MinimumSet } from '@/lib/replay/minimum-set-model';

/** What ending would bring back, and what not, in one or two sentences. `labels`: of the minimum set. */
export function minimumWords(found: MinimumSet, labels: string[], time: (iso: string) => string): string {
  const say = (minor: string) => amountText(minor, found.scale, found.unit ?? undefined);
  const asked = found.need === '0' ? '' : ` for ${say(found.need)}`;
  if (found.missing === '0') return `There is room again${asked}.`;
  if (found.minimum) {
    const who = labels.length > 3 ? `${labels.length} sessions` : labels.join(labels.length === 2 ? ' and ' : ', ');
    const lacked = BigInt(found.missing) === 1n && !found.unit ? 'was' : 'were';
    return `Ending ${who} gives back ${say(found.back)}; ${say(found.missing)} ${lacked} missing${asked}.`;
  }
  const back =
    found.back === '0'
      ? 'Ending sessions brings nothing back here: what counted was settled and stays'
      : `Ending all of them brings back ${say(found.back)} of the ${say(found.missing)} missing: the rest was settled and stays`;
  const later = found.freeAt
    ? ` until it leaves the window; room${asked} returns by itself at ${time(found.freeAt)}`
    : '';
  const allotted =
    found.allotted === '0'
      ? ''
      : ` ${say(found.allotted)} ${BigInt(found.allotted) === 1n && !found.unit ? 'is' : 'are'} allotted and can be spent without asking, whoever is ended.`;
  return `${back}${later}.${allotted} It stops what would come next.`;
}
