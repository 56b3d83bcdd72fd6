import type { Part } from '@/lib/decisions/format';
import { amountText, plural } from '@/lib/exposures/format';
import type { ChangeInput, Counterfactual } from '@/lib/replay/counterfactual-model';

const big = (text: string): bigint => BigInt(text);
const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** Minor units as one writes a limit: `1000050n, 2` → `10000.5`. */
export function majorText(minor: bigint | string, scale: number): string {
  const digits = BigInt(minor)
    .toString()
    .padStart(scale + 1, '0');
  const fraction = scale > 0 ? digits.slice(-scale).replace(/0+$/, '') : '';
  const whole = digits.slice(0, digits.length - scale);
  return fraction ? `${whole}.${fraction}` : whole;
}

/** A limit as it was written, as people read it: `12000.5`, `EUR` → `12 000.5 EUR`. */
function limitText(major: string, unit: string | null): string {
  const [whole = '0', fraction] = major.split('.');
  return `${amountText(whole)}${fraction ? `.${fraction}` : ''}${unit ? `\u00a0${unit}` : ''}`;
}

interface ChangeNames {
  /** Of a session. */
  name: (id: string) => string;
  /** Of the instant it ends at. */
  time: (iso: string) => string;
  /** In what its limit is counted. */
  unit: string | null;
}

/** The change as the beginning of a sentence: "Had payments/account-daily-cap been 8 000 EUR". */
export function changeWords(change: ChangeInput, { name, time, unit }: ChangeNames): string {
  const ended = change.ended?.[0];
  if (ended)
    return ended.at
      ? `Had ${name(ended.sessionId)} ended at ${time(ended.at)}`
      : `Had ${name(ended.sessionId)} never been`;
  const limit = change.limits?.[0];
  if (limit) return `Had ${limit.set}/${limit.rule} been ${limitText(limit.max, unit)}`;
  const scope = change.scopes?.[0];
  if (scope) return `Had ${scope.set} · ${scope.meter} counted per ${scope.per}`;
  const version = change.versions?.[0];
  return version ? `Under version ${version.version} of ${version.set}` : 'With nothing changed';
}

/** What came of it, as the rest of the sentence. It says which decisions are counted where that is not the whole period. */
export function outcomeWords({ decisions, flipped, value, since }: Counterfactual): string {
  if (decisions === 0) return since === 'change' ? 'nothing was decided from then on.' : 'nothing was decided then.';
  const which = { period: '', change: ' from then on', newest: '' }[since];
  const of = `of ${since === 'newest' ? 'the newest ' : ''}${decisions} ${plural(decisions, 'decision')}${which}`;
  if (flipped === 0) return `none ${of} would have come out otherwise.`;
  const moved = value
    .map(({ unit, scale, was, would }) => ({ unit, scale, by: big(would) - big(was) }))
    .filter((one) => one.by !== 0n)
    .map(({ unit, scale, by }) => `${amountText(size(by), scale, unit)} ${by < 0n ? 'less' : 'more'}`);
  const said = `${flipped} ${of} would have come out otherwise`;
  return moved.length ? `${said}: ${moved.join(' and ')} would have been allowed.` : `${said}.`;
}

/** That a replay is to be believed: with nothing changed it gives what is on record. */
export const sameWords = ({ decisions, reproduced }: Counterfactual): string =>
  `With nothing changed the replay reproduces ${reproduced} of ${decisions} stored ${plural(decisions, 'decision')}.`;

/** Both as one sentence. */
export const whatIfSentence = (words: string, answer: Counterfactual): Part[] => [`${words}, ${outcomeWords(answer)}`];
