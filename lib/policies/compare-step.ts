import type { ExposureSeen } from '@/lib/decisions/model';
import type { Answer } from '@/lib/decisions/request-model';
import { type ExposureState, minorUnits } from '@/lib/exposures/model';
import { compareAnswer } from '@/lib/policies/compare-answer';
import { formatMinor } from '@/lib/policies/format';
import type { Amount, Difference, Expected } from '@/lib/policies/test-model';
import type { Judged } from '@/lib/replay/model';

const list = (words: readonly string[]): string => (words.length ? words.join(', ') : 'none');

/** What differs between what a fixture expects of an answer and what came. Nothing: it holds. Pure. */
export function compareStep(expected: Expected, judged: Judged, answer: Answer): Difference[] {
  const wanted = typeof expected === 'string' ? { verdict: expected } : expected;
  const differences: Difference[] = [];
  const same = (what: string, want: string | null | undefined, came: string | null) => {
    if (want !== undefined && want !== came) differences.push({ what, expected: want ?? 'none', came: came ?? 'none' });
  };
  same('verdict', wanted.verdict, judged.verdict);
  same('reason', wanted.reason, judged.reason);
  same('rule', wanted.rule?.replace(/^.*\//, '') ?? wanted.rule, judged.ruleId);
  same('alone', wanted.alone, judged.alone);
  if (wanted.message !== undefined && !(judged.message ?? '').includes(wanted.message))
    differences.push({ what: 'message', expected: `… ${wanted.message} …`, came: judged.message ?? 'none' });
  if (wanted.hold !== undefined && wanted.hold !== (judged.holdId !== null))
    differences.push({ what: 'hold', expected: wanted.hold ? 'one' : 'none', came: judged.holdId ? 'one' : 'none' });
  const rules = (want: string[] | undefined, what: string, came: string[]) => {
    if (want && list([...want].sort()) !== list([...came].sort()))
      differences.push({ what, expected: list(want), came: list(came) });
  };
  const fired = judged.rules.filter((rule) => rule.fired);
  const ids = (of: typeof fired) => of.map((rule) => rule.id);
  rules(wanted.fired, 'rules that fired', ids(fired.filter((rule) => rule.mode === 'enforce')));
  rules(wanted.shadow, 'rules that fired in shadow', ids(fired.filter((rule) => rule.mode === 'shadow')));
  rules(wanted.exempt, 'rules passed by an exemption', ids(fired.filter((rule) => rule.exempt)));
  for (const [meter, want] of Object.entries(wanted.exposure ?? {}))
    differences.push(...compareExposure(meter, want, judged.exposures.map(standing)));
  return [...differences, ...compareAnswer(wanted, answer)];
}

/** One exposure as a fixture may ask about it; minor units. */
export interface Standing {
  meter: string;
  key: string;
  unit: string | null;
  scale: number;
  settled: bigint;
  held: bigint;
  after: bigint;
  limit: bigint | null;
}

const standing = (seen: ExposureSeen): Standing => ({
  meter: seen.meter,
  key: seen.key,
  unit: seen.unit,
  scale: seen.scale,
  settled: BigInt(seen.settledBefore),
  held: BigInt(seen.heldBefore),
  after: BigInt(seen.after),
  limit: seen.limit === null ? null : BigInt(seen.limit),
});

export const standingNow = (state: ExposureState): Standing => ({
  ...state,
  after: state.settled + state.held,
});

type Wanted = NonNullable<Exclude<Expected, string>['exposure']>[string];

/** Amounts are read in major units of the meter. Without a key every exposure of the meter that was moved has to hold it. */
export function compareExposure(meter: string, wanted: Wanted, all: Standing[]): Difference[] {
  const want = typeof wanted === 'object' ? wanted : { after: wanted };
  const found = all.filter((one) => one.meter === meter && (want.key === undefined || one.key === want.key));
  const name = `exposure ${meter}${want.key === undefined ? '' : ` of ${want.key}`}`;
  if (!found.length) return [{ what: name, expected: 'moved or read', came: 'not touched' }];
  return found.flatMap((one) =>
    (['settled', 'held', 'after', 'limit'] as const)
      .flatMap((part): Difference[] =>
        want[part] === undefined
          ? []
          : compareAmount(`${name}, ${part}`, want[part], one[part], one, (a, b) => a === b),
      )
      .concat(
        want.at_most === undefined
          ? []
          : compareAmount(`${name}, at most`, want.at_most, one.after, one, (limit, came) => came <= limit),
      ),
  );
}

function compareAmount(
  what: string,
  wanted: Amount,
  came: bigint | null,
  { scale, unit }: Standing,
  holds: (wanted: bigint, came: bigint) => boolean,
): Difference[] {
  const minor = minorUnits(wanted, scale);
  const write = (value: bigint) => `${formatMinor(value, scale)}${unit ? ` ${unit}` : ''}`;
  if (minor === null) return [{ what, expected: `${wanted} (finer than ${scale} decimals)`, came: 'no such amount' }];
  if (came !== null && holds(minor, came)) return [];
  return [{ what, expected: write(minor), came: came === null ? 'none' : write(came) }];
}
