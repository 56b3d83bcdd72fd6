import { windowText } from '@/lib/exposures/format';
import type { CompiledSet, Meter } from '@/lib/policies/compiled-model';
import { exposureIdOf } from '@/lib/policies/touch';

/** A meter whose counts another version of the set does not go on with. */
export interface Restarted {
  was: Meter;
  /** What counts in its place, from other exposures; null: nothing does. */
  next: Meter | null;
}

/** Whether one goes on with what the other has counted. */
export const goesOn = (set: string, was: Meter, next: Meter): boolean =>
  exposureIdOf(set, was, '') === exposureIdOf(set, next, '');

/**
 * Meters of the version that binds whose exposures the other version no longer moves: renamed, counted per something else, in
 * another unit, scale, kind or kind of window, or left out. Live sessions are not counted but looked at, and lose nothing. Pure.
 */
export function restartedMeters(before: CompiledSet, after: CompiledSet): Restarted[] {
  const added = after.meters.filter((meter) => !before.meters.some((one) => one.name === meter.name));
  return before.meters.flatMap((was): Restarted[] => {
    if (was.kind === 'live_sessions') return [];
    const named = after.meters.find((one) => one.name === was.name);
    if (named) return goesOn(after.name, was, named) ? [] : [{ was, next: named }];
    const renamed = added.filter((one) => goesOn(after.name, was, { ...one, name: was.name }));
    return [{ was, next: renamed.length === 1 ? renamed[0]! : null }];
  });
}

const KINDS: Record<Meter['kind'], string> = {
  sum: 'a sum',
  count: 'a count',
  distinct: 'a count of distinct values',
  live_sessions: 'live sessions',
  lease: 'leases',
  pending: 'pending approvals',
};

const unitOf = ({ unit, scale }: Meter): string =>
  `${unit ?? 'units'} with ${scale} ${scale === 1 ? 'decimal' : 'decimals'}`;

/** What of it is another count, in words: `counts per identity.id instead of resource.id`. */
export function restartText({ was, next }: Restarted): string {
  if (!next) return 'is counted no more';
  const window = (meter: Meter) => windowText(meter.windowSecs, meter.calendar);
  const changes = [
    was.name === next.name ? [] : `is called ${next.name} now`,
    was.kind === next.kind ? [] : `is ${KINDS[next.kind]} instead of ${KINDS[was.kind]}`,
    was.scope === next.scope ? [] : `counts per ${next.scope} instead of ${was.scope}`,
    unitOf(was) === unitOf(next) ? [] : `is in ${unitOf(next)} instead of ${unitOf(was)}`,
  ].flat();
  return (changes.length ? changes : [`counts over ${window(next)} instead of ${window(was)}`]).join(', ');
}
