import { plural } from '@/lib/exposures/format';
import type { ImportRow } from '@/lib/sessions/import-model';
import type { BatchRow, Inbox } from '@/lib/sessions/inbox-model';

export const grouped = (n: number): string => n.toLocaleString('en').replaceAll(',', '\u202f');

/** 45 s, 12 min, 3 h, 2 d. */
export const spanText = (secs: number): string =>
  secs < 90
    ? `${secs} s`
    : secs < 5_400
      ? `${Math.round(secs / 60)} min`
      : secs < 172_800
        ? `${Math.round(secs / 3_600)} h`
        : `${Math.round(secs / 86_400)} d`;

/** What the page found, in words; `imports`: those it lists, which tell of any time. */
export function intakeSentence({ waiting, filled, day }: Inbox, imports: readonly Pick<ImportRow, 'result'>[]): string {
  if (filled >= 1) return `The inbox is full: ${grouped(waiting)} ${plural(waiting, 'batch waits', 'batches wait')}.`;
  const amiss = imports.filter((row) => (row.result?.rejectedTotal ?? 0) > 0).length;
  const of = amiss > 0 ? `; lines of ${grouped(amiss)} ${plural(amiss, 'import', 'imports')} were refused` : '';
  if (day.failed > 0)
    return `${grouped(day.failed)} ${plural(day.failed, 'batch', 'batches')} of the last 24 hours could not be read${of}.`;
  const came = `${grouped(day.events)} ${plural(day.events, 'event', 'events')} came in within 24 hours`;
  if (day.rejected > 0)
    return `${came}; ${grouped(day.rejected)} ${plural(day.rejected, 'record was', 'records were')} refused${of && `, and${of.slice(1)}`}.`;
  if (day.batches > 0) return `${came}, and nothing of them was refused${of}.`;
  return waiting > 0
    ? `${grouped(waiting)} ${plural(waiting, 'batch waits', 'batches wait')}${of}.`
    : `Nothing was sent or pulled in the last 24 hours${imported(imports)}${of}.`;
}

/** What the newest import that ended brought, of whatever time. */
function imported(imports: readonly Pick<ImportRow, 'result'>[]): string {
  const result = imports.find((row) => row.result)?.result;
  if (!result) return '';
  return `; the last import brought ${result.events > 0 ? grouped(result.events) : 'no new'} ${plural(result.events, 'event', 'events')}`;
}

/** Sessions that a log of this time tells of. Where nothing says from when to when it goes, all of its source. */
export function sessionsHref(source: string | undefined, from?: string, to?: string): string {
  const query = new URLSearchParams({
    ...(source ? { source } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  });
  return `/sessions?${query}`;
}

/** Where a batch came from. */
export const whence = (batch: BatchRow): string =>
  batch.connectorId ? `pulled from ${batch.actorName}` : `sent by ${batch.actorName}`;
