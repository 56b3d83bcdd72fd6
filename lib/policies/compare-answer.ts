import type { Answer } from '@/lib/decisions/request-model';
import { durationSecs } from '@/lib/policies/model';
import type { Difference, Expected } from '@/lib/policies/test-model';

type Wanted = Exclude<Expected, string>;

/** The parts of an answer that go beyond its verdict, as they are written to the caller. */
interface Told {
  acr_values?: string[];
  max_age?: number;
  access_request?: object;
  obligations?: Owed[];
  braid?: { warnings?: { rule_id: string; percent: number }[] };
}
interface Owed {
  id: string;
  type: string;
  properties: Record<string, unknown>;
}
type Obligation = NonNullable<Wanted['obligations']>[number];

const list = (words: readonly string[]): string => (words.length ? words.join(', ') : 'none');

/** What differs in warnings, obligations and what is asked of the caller. A step-up's own obligation says `acr_values`. Pure. */
export function compareAnswer(wanted: Wanted, { context }: Answer): Difference[] {
  const told = context as Told;
  const differences: Difference[] = [];
  const same = (what: string, expected: string | undefined, came: string) => {
    if (expected !== undefined && expected !== came) differences.push({ what, expected, came });
  };
  const secs = typeof wanted.max_age === 'string' ? durationSecs(wanted.max_age)! : wanted.max_age;
  same('acr_values', wanted.acr_values && list(wanted.acr_values), list(told.acr_values ?? []));
  same(
    'max_age',
    secs === undefined ? undefined : `${secs} s`,
    told.max_age === undefined ? 'none' : `${told.max_age} s`,
  );
  const near = (told.braid?.warnings ?? []).map((one) => `${one.rule_id} at ${one.percent} %`);
  same('warnings', wanted.warnings && list(warningsOf(wanted.warnings)), list(near.sort()));
  same(
    'requestable',
    wanted.requestable === undefined ? undefined : String(wanted.requestable),
    String(told.access_request !== undefined),
  );
  if (wanted.obligations) {
    const owed = (told.obligations ?? []).filter((one) => one.type !== 'step-up');
    if (!covers(wanted.obligations, owed))
      differences.push({
        what: 'obligations',
        expected: list(wanted.obligations.map(wantedText)),
        came: list(owed.map(({ id, type, properties }) => wantedText({ type, rule: id, properties }))),
      });
  }
  return differences;
}

const warningsOf = (wanted: Record<string, number>): string[] =>
  Object.entries(wanted)
    .map(([rule, percent]) => `${rule.replace(/^.*\//, '')} at ${percent} %`)
    .sort();

/** Each is one of those wanted, and none is left over. */
function covers(wanted: readonly Obligation[], owed: readonly Owed[]): boolean {
  const left = [...owed];
  // Who says more chooses first, so that a bare type takes what is left.
  const order = [...wanted].sort((a, b) => weight(b) - weight(a));
  return (
    wanted.length === owed.length &&
    order.every((want) => {
      const at = left.findIndex((one) => fits(want, one));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

const weight = (want: Obligation): number =>
  typeof want === 'string' ? 0 : 1 + (want.rule ? 1 : 0) + Object.keys(want.properties ?? {}).length;

function fits(want: Obligation, owed: Owed): boolean {
  if (typeof want === 'string') return want === owed.type;
  if (want.type !== owed.type || (want.rule !== undefined && want.rule.replace(/^.*\//, '') !== owed.id)) return false;
  return Object.entries(want.properties ?? {}).every(
    ([name, value]) => JSON.stringify(owed.properties[name]) === JSON.stringify(value),
  );
}

const wantedText = (want: Obligation): string =>
  typeof want === 'string'
    ? want
    : `${want.type}${want.rule ? ` of ${want.rule}` : ''}${want.properties ? ` ${JSON.stringify(want.properties)}` : ''}`;
