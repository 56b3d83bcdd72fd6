import { isLearned } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';
import { aboveRecord } from '@/lib/findings/volume-model';

/** So few are never many, whatever is usual. */
const LEAST_TAKEN = 100;

/** Far more read or exported in an hour than ever (requirements C20, E12). */
export function detectExtraction(picture: Picture): Found[] {
  const { envelope } = picture;
  if (!isLearned(envelope)) return [];
  const of = { detector: 'extraction' as const, title: 'Unusual extraction', per: 'hour' as const };
  const exported = aboveRecord(
    picture,
    { ...of, what: 'exports' },
    (hour) => hour.exports,
    envelope.mostExports,
    LEAST_TAKEN,
  );
  return exported.length > 0
    ? exported
    : aboveRecord(
        picture,
        { ...of, what: 'reads' },
        (hour) => hour.reads,
        Math.max(1, envelope.mostReads),
        LEAST_TAKEN,
      );
}
