import type { Ctx } from '@/lib/access/model';
import { amountText, percentOf, plural, scopeText, windowText } from '@/lib/exposures/format';
import { fullest } from '@/lib/exposures/fullest';
import type { ExposureView } from '@/lib/exposures/model';
import { clock } from '@/lib/platform/clock';
import { sha256Hex } from '@/lib/platform/ids';
import { check } from '@/lib/policies/check';
import { compile } from '@/lib/policies/compile';
import type { CompiledSet, Meter } from '@/lib/policies/compiled-model';
import { goesOn, type Restarted, restartedMeters, restartText } from '@/lib/policies/restarted-meters';

const NAMED = 3;
const MAX_KEY = 60;

const compiled = (source: string): CompiledSet =>
  compile({ version: 0, hash: sha256Hex(source), source, mode: 'enforce' });

/** Both versions, where one takes the place of another that counts. A stored one that no longer reads says nothing. */
function replacing(before: string | null, after: string): { was: CompiledSet; next: CompiledSet } | null {
  if (before === null || before === after || !check(before).ok || !check(after).ok) return null;
  const [was, next] = [compiled(before), compiled(after)];
  return was.mode === 'enforce' ? { was, next } : null;
}

/** Meters that begin anew, for the audit log: by name; nothing where all of them go on. */
export function restartDetail(before: string | null, after: string): { restarts?: string[] } {
  const both = replacing(before, after);
  const names = both ? restartedMeters(both.was, both.next).map(({ was }) => was.name) : [];
  return names.length ? { restarts: names } : {};
}

/**
 * What becomes of present counts where one source takes the place of another, in words for whoever makes it active: which
 * windows are longer, which meters begin anew, why, and how much of what they hold now binds no more. A meter that an earlier
 * version left goes on from there, and lacks what was counted since.
 */
export async function countNotes(ctx: Ctx, set: string, before: string | null, after: string): Promise<string[]> {
  const both = replacing(before, after);
  if (!both) return [];
  const restarts = restartedMeters(both.was, both.next);
  const notes = await Promise.all(restarts.map((one) => restartNote(ctx, set, one)));
  const begun = newMeters(restarts, both.was, both.next);
  const earlier = await Promise.all(begun.map((meter) => earlierNote(ctx, set, meter)));
  return [...longerNotes(both.was, both.next), ...notes, ...earlier.flatMap((note) => note ?? [])];
}

/** What counts from other exposures than what binds now, be it under the same name. */
function newMeters(restarts: Restarted[], before: CompiledSet, after: CompiledSet): Meter[] {
  const names = new Set(restarts.map(({ next }) => next?.name));
  return after.meters.filter(
    ({ name, kind }) =>
      kind !== 'live_sessions' && (names.has(name) || !before.meters.some((one) => one.name === name)),
  );
}

async function restartNote(ctx: Ctx, set: string, restarted: Restarted): Promise<string> {
  const { was, next } = restarted;
  const held = await heldText(ctx, set, was);
  const anew = next ? ': it begins anew' : '';
  return held
    ? `${was.name} ${restartText(restarted)}${anew}, and what it holds binds no more: ${held}.`
    : `${was.name} ${restartText(restarted)}${anew}. It holds nothing now.`;
}

async function earlierNote(ctx: Ctx, set: string, meter: Meter): Promise<string | null> {
  const held = await heldText(ctx, set, meter);
  return (
    held &&
    `${meter.name} was counted so before and goes on from there, without what was counted otherwise since: ${held}.`
  );
}

/** The keys nearest to their limit, and how many more there are; null: none. */
async function heldText(ctx: Ctx, set: string, meter: Meter): Promise<string | null> {
  const { items, keys } = await fullest(ctx, { set, meter, limit: NAMED });
  if (!items.length) return null;
  const more = keys - items.length;
  return [...items.map(standText), ...(more > 0 ? [`${more} more ${plural(more, 'key')}`] : [])].join('; ');
}

function standText({ scope, key, keyName, settled, held, limit, scale, unit }: ExposureView): string {
  const name = keyName ?? key;
  const stands = BigInt(settled) + BigInt(held);
  const of = limit === null ? '' : ` of ${amountText(limit, scale, unit)} (${percentOf(stands, limit)} %)`;
  const shown = name.length > MAX_KEY ? `${name.slice(0, MAX_KEY)}…` : name;
  return `${scopeText(scope, shown)}: ${amountText(stands, scale, of ? null : unit)}${of}`;
}

/** Counts whose sliding window becomes longer. */
function longerNotes(before: CompiledSet, after: CompiledSet): string[] {
  return after.meters.flatMap((meter) => {
    const was = before.meters.find((one) => one.name === meter.name);
    if (!was?.windowSecs || !meter.windowSecs || meter.windowSecs <= was.windowSecs) return [];
    if (!goesOn(after.name, was, meter) || was.calendar !== meter.calendar) return [];
    const longer = `${meter.name} counts over ${windowText(meter.windowSecs)} instead of ${windowText(was.windowSecs)}`;
    return meter.kind === 'distinct'
      ? [
          `${longer}: values that had left the shorter window are not known again; the count is whole from ${new Date(clock.ms() + meter.windowSecs * 1000).toISOString()}.`,
        ]
      : [`${longer}: what had left the shorter window is put back from the ledger with the next request.`];
  });
}
