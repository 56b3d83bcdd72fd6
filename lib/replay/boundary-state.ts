import type { CompiledSet, Meter } from '@/lib/policies/compiled-model';
import type { Judged } from '@/lib/replay/model';

export interface Standing {
  set: string;
  ruleId: string;
  meter: Meter;
  max: bigint;
  /** Another key of the dimension is another exposure of this meter. */
  splits: boolean;
  /** So is another value of what the attacked limit tells apart: it never adds up there. */
  apart: boolean;
}

/**
 * Every enforced limit that two requests meet which differ in one key, and whether it counts them apart; and whether it does
 * where they differ in what the limit tells apart (`again`). Pure.
 */
export function standingLimits(sets: CompiledSet[], one: Judged, other: Judged, again: Judged = one): Standing[] {
  const keyIn = ({ exposures }: Judged, set: string, meter: string) =>
    exposures.find((each) => each.set === set && each.meter === meter)?.key;
  return sets
    .filter((set) => set.mode === 'enforce')
    .flatMap((set) =>
      set.rules.flatMap((rule): Standing[] => {
        const meter = rule.limit && set.meters.find((each) => each.name === rule.limit!.meter);
        const seen = one.rules.find((each) => each.set === set.name && each.id === rule.id);
        if (!meter || rule.shadow || !seen || seen.saw === 'does not apply') return [];
        const exposure = one.exposures.find((each) => each.set === set.name && each.meter === meter.name);
        const max = typeof rule.limit!.max === 'bigint' ? rule.limit!.max : exposure?.limit;
        if (!exposure || max === null || max === undefined) return [];
        const splits = keyIn(other, set.name, meter.name) !== exposure.key;
        const apart = keyIn(again, set.name, meter.name) !== exposure.key;
        return [{ set: set.name, ruleId: rule.id, meter, max: BigInt(max), splits, apart }];
      }),
    );
}

const least = (values: bigint[], otherwise: bigint): bigint =>
  values.reduce((low, one) => (one < low ? one : low), otherwise);

/** Every request is another value or session: what counts requests counts them as well, unless apart. */
const comparableToMembers = (limit: Standing, { meter, apart }: Standing): boolean => {
  if (apart || meter.kind === 'sum') return false;
  if (meter.kind === 'live_sessions') return limit.meter.kind === 'live_sessions';
  if (meter.kind === 'distinct') return meter.member?.source === limit.meter.member?.source;
  return true;
};

const tellsApart = ({ meter }: Standing): boolean => meter.kind === 'distinct' || meter.kind === 'live_sessions';

const comparable = (limit: Standing, other: Standing): boolean =>
  tellsApart(limit)
    ? comparableToMembers(limit, other)
    : limit.meter.kind === 'sum'
      ? other.meter.kind === 'sum' &&
        other.meter.attribute === limit.meter.attribute &&
        other.meter.scale === limit.meter.scale
      : other.meter.kind !== 'sum' && other.meter.kind !== 'live_sessions' && other.meter.kind !== 'distinct';

/**
 * What passes at most in one window when activity is split over so many keys of one dimension: every key takes what the
 * limits that count keys apart leave it, all together what those leave that count them as one. Sums can be taken in one
 * request a key, so a limit on the number of requests only bounds how many keys are used; so does one on live sessions where
 * every key is a session. Pure.
 */
export function predict(
  limit: Standing,
  all: Standing[],
  keys: number,
  everySession: boolean,
): { most: bigint; reach: bigint } {
  const alike = all.filter((other) => comparable(limit, other));
  const most = least(
    alike.filter((one) => one.splits).map((one) => one.max),
    limit.max,
  );
  let used = BigInt(keys);
  if (limit.meter.kind === 'sum')
    for (const one of all) {
      if (one.meter.kind === 'sum' || one.meter.kind === 'distinct' || one.meter.kind === 'live_sessions') continue;
      if (one.splits) used = one.max > 0n ? used : 0n;
      else used = least([one.max], used);
    }
  if (everySession && limit.meter.kind !== 'live_sessions')
    for (const one of all) if (one.meter.kind === 'live_sessions' && !one.splits) used = least([one.max], used);
  const together = alike.filter((one) => !one.splits).map((one) => one.max);
  return { most, reach: least(together, most * used) };
}
