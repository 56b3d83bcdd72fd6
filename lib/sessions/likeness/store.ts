import { pool } from '@/lib/db/client';
import { ACTS_MOST, type Course, EARLIER_MOST } from '@/lib/sessions/likeness-model';

interface Row extends Omit<Course, 'actions' | 'times'> {
  actions: string[] | null;
  times: number[] | null;
}

/** What it did by its events; where no log tells, by what it asked of the decision point. */
const COURSE = `select s.id::text, s.label, s.agent, s.network, c.actions, c.times from picked s
  left join lateral (
    select array_agg(x.action order by x.at) as actions, array_agg(floor(extract(epoch from x.at) * 1000)::float8 order by x.at) as times from (
      (select e.action, e.at from session_events e where e.session_id = s.id and e.class <> 'session' order by e.at limit ${ACTS_MOST})
      union all
      (select d.action, d.at from decisions d where d.session_id = s.id and not d.dry_run
         and not exists (select from session_events e where e.session_id = s.id and e.class <> 'session') order by d.id limit ${ACTS_MOST})
    ) x) c on true`;

const courseOf = (row: Row): Course => ({ ...row, actions: row.actions ?? [], times: row.times ?? [] });

export async function readCourse(sessionId: string): Promise<(Course & { identityId: string }) | null> {
  const { rows } = await pool().query<Row & { identityId: string }>(
    `with picked as (select id, label, agent, network, identity_id from sessions where id = $1)
     select q.*, p.identity_id::text as "identityId" from (${COURSE}) q join picked p on p.id::text = q.id`,
    [sessionId],
  );
  const [row] = rows;
  return row ? { ...courseOf(row), identityId: row.identityId } : null;
}

/**
 * The newest sessions of the identity that began before this one. What a finding names is left out unless it was closed as
 * benign: a theft is no example of what is usual.
 */
export async function readEarlier(sessionId: string): Promise<Course[]> {
  const { rows } = await pool().query<Row>(
    `with this as (select id, identity_id, started_at from sessions where id = $1),
     accused as (select jsonb_array_elements_text(f.evidence -> 'sessions') as id from findings f, this
       where f.identity_id = this.identity_id and f.disposition is distinct from 'benign'),
     picked as (select s.id, s.label, s.agent, s.network from sessions s, this
       where s.identity_id = this.identity_id and s.started_at < this.started_at and s.id <> this.id
         and s.id::text not in (select id from accused)
       order by s.started_at desc, s.id desc limit ${EARLIER_MOST})
     ${COURSE}`,
    [sessionId],
  );
  return rows.map(courseOf);
}
