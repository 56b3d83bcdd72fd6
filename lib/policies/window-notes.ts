import { windowText } from '@/lib/exposures/format';
import { sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import type { Meter } from '@/lib/policies/compiled-model';

const metersOf = (source: string): Map<string, Meter> => {
  const { meters } = compile({ version: 0, hash: sha256Hex(source), source, mode: 'enforce' });
  return new Map(meters.map((meter) => [meter.name, meter]));
};

/** The same count: its exposures go on under the new version. */
const goesOn = (a: Meter, b: Meter): boolean =>
  a.kind === b.kind && a.scope === b.scope && a.unit === b.unit && a.scale === b.scale && a.calendar === b.calendar;

/** What becomes of counts whose sliding window another version makes longer: in words for whoever applies it. */
export function windowNotes(before: string | null, after: string, nowMs: number): string[] {
  if (!before) return [];
  const old = metersOf(before);
  return [...metersOf(after).values()].flatMap((meter) => {
    const was = old.get(meter.name);
    if (!was?.windowSecs || !meter.windowSecs || meter.windowSecs <= was.windowSecs || !goesOn(was, meter)) return [];
    const longer = `${meter.name} counts over ${windowText(meter.windowSecs)} instead of ${windowText(was.windowSecs)}`;
    return meter.kind === 'distinct'
      ? [
          `${longer}: values that had left the shorter window are not known again; the count is whole from ${new Date(nowMs + meter.windowSecs * 1000).toISOString()}.`,
        ]
      : [`${longer}: what had left the shorter window is put back from the ledger with the next request.`];
  });
}
