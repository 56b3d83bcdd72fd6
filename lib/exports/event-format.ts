import { ocsfEvent } from '@/lib/connectors/ocsf/event-format';
import type { Written } from '@/lib/exports/model';
import type { StoredEvent } from '@/lib/sessions/events-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** The usual pause that splits a session, seconds: which one its source has is not kept with its events. */
const GAP_SECS = 1800;

/** A stored event as its source told it. */
export const toldOf = (event: StoredEvent): SessionEventInput => {
  const { identity, session, credential, told } = event;
  return {
    source: event.source,
    eventId: event.eventId,
    at: event.at,
    identity: {
      issuer: identity.issuer,
      type: identity.type,
      externalId: identity.externalId,
      name: identity.name,
      kind: identity.kind as SessionEventInput['identity']['kind'],
    },
    session: session && {
      key: session.key,
      kind: session.kind as NonNullable<SessionEventInput['session']>['kind'],
      label: session.label,
      phase: session.phase,
      gapSecs: GAP_SECS,
      ...(session.observedBy === 'declared'
        ? {}
        : { observedBy: session.observedBy as 'native' | 'derived' | 'inferred' }),
    },
    credential,
    action: event.action,
    class: event.class,
    outcome: event.outcome,
    network: event.network,
    region: event.region,
    agent: event.agent,
    resource: event.resource,
    attributes: {},
    ...(session?.run ? { run: session.run } : {}),
    ...(told as Partial<SessionEventInput>),
  };
};

/** Session events in each format. */
export const WRITTEN_EVENTS: Written<StoredEvent> = {
  csv: {
    header: [
      'at',
      'source',
      'identity',
      'identity_id',
      'session',
      'session_id',
      'run',
      'credential',
      'action',
      'class',
      'outcome',
      'network',
      'region',
      'agent',
      'resource',
      'event_id',
    ],
    cells: (event) => [
      event.at,
      event.source,
      event.identity.name,
      event.identity.id,
      event.session?.label ?? null,
      event.session?.id ?? null,
      event.session?.run ?? null,
      event.credential?.externalId ?? null,
      event.action,
      event.class,
      event.outcome,
      event.network,
      event.region,
      event.agent,
      event.resource,
      event.eventId,
    ],
  },
  ocsf: (event) => {
    const record = ocsfEvent(toldOf(event));
    const { braid } = record.unmapped as { braid: object };
    return {
      ...record,
      unmapped: {
        braid: { ...braid, eventId: event.id, identityId: event.identity.id, sessionId: event.session?.id ?? null },
      },
    };
  },
};
