import type { Correlated } from '@/lib/sessions/correlate-model';
import type { SessionWrite } from '@/lib/sessions/ingest/rows/store';
import { columnsOf } from '@/lib/sessions/told-state';

/** A derived session shows as live for a while after its last event; then it has ended at that event. */
export function toWrite(
  session: Correlated,
  id: string,
  { nowMs, liveMs }: { nowMs: number; liveMs: number },
): SessionWrite {
  const until = session.end + (session.unclosed ? liveMs : session.gapSecs * 1000);
  const live = !session.closed && until > nowMs;
  const endAt = new Date(session.end).toISOString();
  const { about } = session;
  const told = columnsOf(session.told);
  // One literal: an object of so many members that is put together piece by piece is slow ever after.
  return {
    id,
    isNew: session.id === null,
    identityId: session.identityId,
    credentialId: about?.credentialId ?? null,
    source: session.source,
    groupKey: session.key,
    startedAt: new Date(session.start).toISOString(),
    lastEventAt: endAt,
    state: live ? 'live' : 'ended',
    liveUntil: live ? new Date(until).toISOString() : null,
    endedAt: live ? null : endAt,
    endedBy: live ? null : session.closed ? 'itself' : 'timeout',
    sealed: session.sealed,
    unclosed: session.unclosed,
    about: about !== null,
    kind: about?.kind ?? 'api',
    label: about?.label ?? session.source,
    network: about?.network ?? null,
    region: about?.region ?? null,
    agent: about?.agent ?? null,
    key: about?.credential ?? null,
    firstEvent: session.first,
    told: session.told,
    anew: session.anew,
    events: session.events,
    reads: session.reads,
    changes: session.changes,
    device: told.device,
    runtime: told.runtime,
    boundKey: told.boundKey,
    scope: told.scope,
    task: told.task,
    run: told.run,
    consent: told.consent,
    trustedAt: told.trustedAt,
    acr: told.acr,
    expiresAt: told.expiresAt,
    tags: told.tags,
    lineage: told.lineage,
    parentRef: told.parentRef,
    observedBy: told.observedBy,
  };
}
