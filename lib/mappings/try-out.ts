import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { mappedFormat } from '@/lib/connectors/formats';
import { type MappingTrial, SHOWN_MOST, type TryMapping, tryMappingSchema } from '@/lib/mappings/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { cut } from '@/lib/sessions/cut';
import type { LogFormat } from '@/lib/sessions/import-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readEvent } from '@/lib/sessions/read-event';

const RECORDS_MOST = 10_000;

const nothing = (problems: string[]): MappingTrial => ({
  problems,
  name: null,
  records: 0,
  events: 0,
  skipped: 0,
  rejected: 0,
  identities: 0,
  sessions: 0,
  shown: [],
});

const shownOf = (event: SessionEventInput) => ({
  at: event.at,
  identity: event.identity.name,
  kind: event.identity.kind,
  session: event.session?.key ?? null,
  credential: event.credential?.externalId ?? null,
  action: event.action,
  class: event.class,
  outcome: event.outcome,
  network: event.network,
  resource: event.resource,
});

function readBy(format: LogFormat, sample: string): MappingTrial {
  const trial: MappingTrial = { ...nothing([]), name: format.name };
  const who = new Set<string>();
  const sessions = new Set<string>();
  for (const raw of cut(format, sample).slice(0, RECORDS_MOST)) {
    trial.records += 1;
    const read =
      'reason' in raw ? ({ kind: 'rejected', reason: raw.reason } as const) : readEvent(format, raw.record, clock.ms());
    if (read.kind === 'skipped') trial.skipped += 1;
    else if (read.kind === 'rejected') trial.rejected += 1;
    else {
      trial.events += 1;
      who.add(read.event.identity.externalId);
      if (read.event.session) sessions.add(read.event.session.key);
    }
    if (read.kind !== 'skipped' && trial.shown.length < SHOWN_MOST)
      trial.shown.push({
        line: raw.line,
        event: read.kind === 'event' ? shownOf(read.event) : null,
        reason: read.kind === 'rejected' ? read.reason : null,
      });
  }
  return { ...trial, identities: who.size, sessions: sessions.size };
}

/** Tries a mapping on a sample: what would be stored of it and what not, and why. Nothing is kept of either. */
export function tryOut(ctx: Ctx, input: TryMapping): MappingTrial {
  authorise(ctx, 'console.read');
  const { text, sample } = tryMappingSchema.parse(input);
  try {
    return readBy(mappedFormat(text), sample);
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    const problems = Array.isArray(error.detail) ? error.detail.map(String) : [error.publicMessage];
    return nothing(problems.slice(0, 20).map((problem) => problem.slice(0, 500)));
  }
}
