// For tests only: events of made-up sources, and everything that is stored of them.
import type { SessionEventInput } from '@/lib/sessions/model';

/** Rows of a statement. */
export type Rows = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
export const T0 = Date.UTC(2024, 4, 1, 10);

/** Each test, and each run of a property, has sources and names of its own. */
let space = 0;
export const newSpace = (): void => {
  space += 1;
};
export const spaceNow = (): number => space;

export function event(
  id: string,
  secs: number,
  more: Omit<Partial<SessionEventInput>, 'session'> & {
    who?: string;
    key?: string | null;
    phase?: 'open' | 'close' | 'seen';
  } = {},
): SessionEventInput {
  const { who = 'worker', key = 'k', phase = 'seen', ...rest } = more;
  return {
    source: `log${space}`,
    eventId: id,
    at: new Date(T0 + secs * 1000).toISOString(),
    identity: { issuer: `log${space}`, type: 'entity', externalId: who, name: who, kind: 'service_account' },
    session: key === null ? null : { key, kind: 'api', label: `${who} · ${key}`, phase, gapSecs: 1800 },
    credential: null,
    action: 'read',
    class: 'read',
    outcome: 'success',
    network: null,
    region: null,
    agent: null,
    resource: null,
    attributes: {},
    ...rest,
  };
}

/** The same events, of the sources of now. */
export const moved = (events: SessionEventInput[]): SessionEventInput[] =>
  events.map((each) => ({
    ...each,
    source: `log${space}`,
    identity: { ...each.identity, issuer: `log${space}` },
  }));
export const here = () => [`log${space}`];

/** Everything that is stored, without ids that differ from run to run. */
export async function standing(rows: Rows) {
  const sessions = await rows(
    `select i.name, s.group_key, s.started_at, s.last_event_at, s.ended_at, s.ended_by, s.state, s.unclosed, s.observed_by, s.label, s.network,
       s.event_count, s.read_count, s.change_count, s.scope, s.task, s.device, s.tags, s.expires_at, s.lineage,
       p.group_key as parent, p.started_at as parent_at, c.external_id as credential
     from sessions s join identities i on i.id = s.identity_id left join sessions p on p.id = s.parent_id left join credentials c on c.id = s.credential_id
     where s.source = $1 order by i.name, s.group_key, s.started_at`,
    here(),
  );
  const events = await rows(
    `select e.event_id, e.at, s.group_key, s.started_at, e.attributes from session_events e left join sessions s on s.id = e.session_id where e.source = $1 order by e.event_id, e.at`,
    here(),
  );
  const identities = await rows(
    'select name, session_count, peak_sessions, peak_at, first_seen_at, last_seen_at, count_from from identities where $1 = any(sources) order by name',
    here(),
  );
  const mints = await rows(
    'select m.external_id, m.how, m.at, s.group_key from mints m left join sessions s on s.id = m.session_id where m.source = $1 order by 1',
    here(),
  );
  return { sessions, events, identities, mints };
}
