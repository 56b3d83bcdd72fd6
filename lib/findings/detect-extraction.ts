import { isLearned, usualBytes } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';
import { aboveRecord } from '@/lib/findings/volume-model';
import { bytesText } from '@/lib/platform/size-format';

/** So few are never many, whatever is usual. */
const LEAST_TAKEN = 100;
const LEAST_BYTES = 100_000_000;

/** Far more taken in an hour than ever (requirements C20, E12): exported, read, or handed over in bytes, by few calls or many. */
export function detectExtraction(picture: Picture): Found[] {
  const { envelope } = picture;
  if (!isLearned(envelope)) return [];
  const of = { detector: 'extraction' as const, title: 'Unusual extraction', per: 'hour' as const };
  const exported = () =>
    aboveRecord(picture, { ...of, what: 'exports' }, (hour) => hour.exports, envelope.mostExports, LEAST_TAKEN);
  const taken = () => {
    const usual = usualBytes(envelope);
    const what = { ...of, what: 'data', show: bytesText };
    return usual === null ? [] : aboveRecord(picture, what, (hour) => hour.bytes, usual, LEAST_BYTES);
  };
  const read = () =>
    aboveRecord(picture, { ...of, what: 'reads' }, (hour) => hour.reads, Math.max(1, envelope.mostReads), LEAST_TAKEN);
  return [exported, taken, read].map((look) => look()).find((found) => found.length > 0) ?? [];
}
