import type { CompiledSet } from '@/lib/policies/compiled-model';
import { exposureIdOf } from '@/lib/policies/touch';

export interface DeafLimit {
  rule: string;
  meter: string;
}

/**
 * Limits of a version in shadow that can't fire: no enforced version of the set keeps the exposures of their meter, over the
 * same window. As `touch` reads them. Pure.
 */
export function deafLimits(shadow: CompiledSet, active: CompiledSet | null): DeafLimit[] {
  const enforced = active?.mode === 'enforce' ? active.meters : [];
  return shadow.rules.flatMap(({ id, limit }) => {
    const meter = limit && shadow.meters.find((one) => one.name === limit.meter);
    if (!meter) return [];
    const kept = enforced.some(
      (one) =>
        one.windowSecs === meter.windowSecs &&
        exposureIdOf(shadow.name, one, '') === exposureIdOf(shadow.name, meter, ''),
    );
    return kept ? [] : [{ rule: id, meter: meter.name }];
  });
}

/** The same for whoever puts it in shadow, with what to do instead; null: all of them can fire. */
export function deafText(deaf: readonly DeafLimit[]): string | null {
  if (!deaf.length) return null;
  const names = deaf.slice(0, 10).map((one) => one.rule);
  const more = deaf.length > names.length ? ` and ${deaf.length - names.length} more` : '';
  const meters = [...new Set(deaf.map((one) => one.meter))].slice(0, 10).join(', ');
  const [limits, them] = deaf.length === 1 ? ['1 limit', 'its meter'] : [`${deaf.length} limits`, 'their meters'];
  return `${limits} can not fire in shadow (${names.join(', ')}${more}): nothing counts ${them} (${meters}) until an active version of the set does. To watch them first, make a version active that stops nothing: default: allow, and mode: shadow on each rule instead of on the set. Its meters count from then on; take the rules out of shadow one by one.`;
}
