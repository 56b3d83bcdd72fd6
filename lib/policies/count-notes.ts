import type { Tx } from '@/lib/db/transaction';
import { amountText, plural, windowText } from '@/lib/exposures/format';
import { sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import type { Meter } from '@/lib/policies/compiled-model';
import { readCounted } from '@/lib/policies/store';
import { spanWord } from '@/lib/policies/touch';

const metersOf = (source: string): Map<string, Meter> => {
  const { meters } = compile({ version: 0, hash: sha256Hex(source), source, mode: 'enforce' });
  return new Map(meters.map((meter) => [meter.name, meter]));
};

const SPANS: Record<string, string> = { lifetime: 'over all time', window: 'over a sliding window' };

/** Why the count of `was` does not go on under `now`; null: it does. The same parts as those of an exposure's id. */
function restarts(was: Meter, now: Meter | undefined): string | null {
  if (!now) return 'is not there any more, or has another name';
  if (was.kind !== now.kind) return `is a ${now.kind} and no ${was.kind} any more`;
  if (was.scope !== now.scope) return `counts per ${now.scope} instead of ${was.scope}`;
  if (was.unit !== now.unit) return `counts ${now.unit ?? 'no unit'} instead of ${was.unit ?? 'no unit'}`;
  if (was.scale !== now.scale) return `counts with ${now.scale} decimals instead of ${was.scale}`;
  if (spanWord(was) !== spanWord(now))
    return `counts ${SPANS[spanWord(now)] ?? spanWord(now)} instead of ${SPANS[spanWord(was)] ?? spanWord(was)}`;
  return null;
}

/**
 * What becomes of present counts when another version of a set takes the place of one, in words for whoever does it: those
 * that begin anew, with what they hold, and those whose sliding window becomes longer.
 */
export async function countNotes(
  tx: Tx,
  { set, before, after, nowMs }: { set: string; before: string | null; after: string; nowMs: number },
): Promise<string[]> {
  if (!before || before === after) return [];
  const old = metersOf(before);
  const now = metersOf(after);
  return [...(await anew(tx, set, old, now)), ...longer(old, now, nowMs)];
}

async function anew(tx: Tx, set: string, old: Map<string, Meter>, now: Map<string, Meter>): Promise<string[]> {
  const notes: string[] = [];
  for (const meter of old.values()) {
    const why = meter.kind === 'live_sessions' ? null : restarts(meter, now.get(meter.name));
    const held = why && (await readCounted(tx, set, meter));
    if (!held) continue;
    const most = amountText(held.most, meter.scale, meter.unit);
    notes.push(
      `${meter.name} ${why}: what it counts now begins anew at nothing (${held.keys} ${plural(held.keys, 'key', 'keys')}, the most ${most} at ${held.key}).`,
    );
  }
  return notes;
}

const goesOn = (a: Meter, b: Meter): boolean => restarts(a, b) === null && a.calendar === b.calendar;

function longer(old: Map<string, Meter>, now: Map<string, Meter>, nowMs: number): string[] {
  return [...now.values()].flatMap((meter) => {
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
