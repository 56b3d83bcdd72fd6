import { isLearned } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';
import { aboveRecord } from '@/lib/findings/volume-model';

/** So few are never many, whatever is usual. */
const LEAST_A_MINUTE = 60;

/** Far faster than it ever acted (requirements D13, E17): machines repeat what is harmful at their own speed. */
export function detectAcceleration(picture: Picture): Found[] {
  const { envelope } = picture;
  if (!isLearned(envelope)) return [];
  return aboveRecord(
    picture,
    { detector: 'acceleration', what: 'actions', title: 'Acts far faster than it ever did', per: 'minute' },
    (hour) => hour.busiest,
    Math.max(1, envelope.busiestMinute),
    LEAST_A_MINUTE,
  );
}
