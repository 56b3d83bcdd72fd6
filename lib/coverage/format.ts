import { VISIBILITY, type Visibility } from '@/lib/connectors/format';
import { type CoverageTotals, FIELD_PERCENT, type Snapshot } from '@/lib/coverage/model';
import { amountText } from '@/lib/exposures/format';

/** Share in per cent with one decimal: 3 of 8 → 37.5. Nothing of nothing is 0. */
export const share = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;

/** `{amount: '11840000', scale: 2, unit: 'EUR'}` → `118 400 EUR`, several joined by `and`. */
export const sparedText = (spared: readonly { unit: string | null; scale: number; amount: string }[]): string =>
  spared.map((each) => amountText(each.amount, each.scale, each.unit)).join(' and ');

/** The report's first sentence. */
export function headline(snapshot: Pick<Snapshot, 'totals' | 'percent'>): string {
  const { known, full } = snapshot.totals;
  if (known === 0) return 'No service account is known yet: connect a system or import a log.';
  const rest = known - full;
  return `${full} of ${known} service accounts (${snapshot.percent} %) ${full === 1 ? 'is' : 'are'} fully visible; ${rest === 0 ? 'none lacks anything' : `${rest} ${rest === 1 ? 'lacks' : 'lack'} at least one of six tests`}. The field reports ${FIELD_PERCENT} % of organisations with full visibility.`;
}

/** What shared state refused in the week although every session alone would have been allowed. */
export function splitSentence(decisions: Snapshot['totals']['decisions']): string {
  if (decisions.total === 0) return 'No decision was asked for in the seven days before.';
  if (decisions.split === 0)
    return `None of ${decisions.total} decisions in the seven days before would have come out differently under per-session controls.`;
  const value = decisions.spared.length > 0 ? `; ${sparedText(decisions.spared)} not spent` : '';
  return `${decisions.split} of ${decisions.total} decisions in the seven days before were held back that per-session controls would have allowed${value}.`;
}

const spell = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'under a minute';
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
};

/** Age of a fact when the snapshot was taken. */
export const ageText = (at: string | null, now: string): string =>
  at === null ? 'never' : `${spell(Math.max(Date.parse(now) - Date.parse(at), 0))} before`;

/** `2 of 8 judged (25 %) hold excessive privileges; what the other 3 may do, nobody tells.` Null: the snapshot was taken before it was judged. */
export function excessSentence({ excess, known }: Pick<Snapshot['totals'], 'excess' | 'known'>): string | null {
  if (!excess) return null;
  if (excess.judged === 0) return `No system tells what any of the ${known} may do.`;
  const { excessive, judged } = excess;
  const holds = excessive === 1 ? 'holds' : 'hold';
  const blind = known - judged;
  const rest = blind ? `; what the other ${blind === 1 ? 'one' : blind} may do, nobody tells` : '';
  return `${excessive} of ${judged} judged (${share(excessive, judged)} %) ${holds} excessive privileges${rest}.`;
}

/** "every live session: 4; identities, but no session: 2". What is 0 is left out. */
export const sightsText = (sights: NonNullable<CoverageTotals['sights']>): string =>
  (Object.keys(VISIBILITY) as Visibility[])
    .flatMap((one) => (sights[one] > 0 ? [`${VISIBILITY[one]}: ${sights[one]}`] : []))
    .join('; ') || 'no identity is known';
