import { GRANTS, OPERATOR_ACTIONS, OPERATORS } from '@/lib/audit/standing/operators';
import { pool } from '@/lib/db/client';

// What decisions are made on that is one row, changed in the transaction of the audit entry that says so. One statement: it sees
// row and entry together, so that nothing that is being changed meanwhile is taken for tampering.

const OPENNESS = `case state when 'revoked' then 2 when 'paused' then 1 else 0 end`;

/** Sealed entries; one of the last minutes may still wait for its seal. A drill leaves the identity as it is. */
const TOLD = `told as materialized (
  select a.id, a.at, a.action, a.target_type, a.target_id, a.target_name, a.detail from audit_entries a
  where a.action = any($2::text[]) and (a.seq is not null or a.at > now() - interval '10 minutes')
    and not coalesce((a.detail->>'drill')::boolean,
      (select r.drill from revocations r where r.id::text = a.detail->>'revocationId'), false))`;

/** What an identity was last brought to, and is open beyond it. */
const IDENTITIES = `
  select 'identity' as kind, l.target_id as id, l.target_name as name, case when i.id is null then 'gone' else l.action end as why
  from (select distinct on (target_id) target_id, target_name, action,
          case action when 'identity.revoke' then 2 when 'identity.pause' then 1 else 0 end as level
        from told where action in ('identity.revoke', 'identity.pause', 'identity.resume', 'identity.restore')
        order by target_id, id desc) l
  left join (select id, ${OPENNESS} as level from identities) i on i.id::text = l.target_id
  where l.level > coalesce(i.level, -1) and l.level > 0`;

/** Sessions that Braid alone knows and has ended. Entries of before they were named there: those that stand as declared. */
const SESSIONS = `
  select distinct 'session', e.id, t.target_name, case when s.id is null then 'gone' else 'ended' end
  from told t cross join lateral jsonb_array_elements_text(coalesce(t.detail->'ended', t.detail->'sessionIds', '[]')) e(id)
  left join sessions s on s.id::text = e.id
  where t.action in ('session.terminate', 'identity.revoke', 'identity.rotate')
    and case when t.detail ? 'ended' then s.ended_at is null else s.observed_by = 'declared' and s.ended_at is null end`;

const TASKS = `
  select 'task', l.target_id, l.issuer, case when k.id is null then 'gone' else 'other' end
  from (select distinct on (target_id, detail->>'issuer') target_id, detail->>'issuer' as issuer, action, at
        from told where action in ('task.complete', 'task.reopen') order by target_id, detail->>'issuer', id desc) l
  left join tasks k on k.id = l.target_id and k.issuer = l.issuer
  where l.action = 'task.complete' and l.at > now() - make_interval(days => $3::int - 1)
    and (k.id is null or k.completed_at < l.at - interval '1 minute')`;

const TOKENS = `
  select 'token', k.id::text, k.name, case
      when r.id is not null and k.revoked_at is null then 'revoked'
      when m.id is null and ($1::date is null or k.created_at >= $1::date) then 'nobody'
      when m.id is not null and (k.issuer is distinct from m.detail->>'issuer'
        or not (m.detail->'scopes' @> to_jsonb(k.scopes) and to_jsonb(k.scopes) @> (m.detail->'scopes'))
        or k.expires_at is distinct from (m.detail->>'expiresAt')::timestamptz
        or k.hash <> coalesce(m.detail->>'sha256', k.hash)) then 'other'
      when p.id is not null and (k.mode, k.stale_secs, k.settle_after_secs) is distinct from
        (p.detail->'after'->>'mode', (p.detail->'after'->>'staleSecs')::int, (p.detail->'after'->>'settleAfterSecs')::int) then 'point'
      when p.id is null and m.id is not null and (k.mode, k.stale_secs, k.settle_after_secs) is distinct from ('online', null::int, null::int)
        then 'point' end
  from api_tokens k
  left join lateral (select * from told t where t.action = 'token.create' and t.target_id = k.id::text limit 1) m on true
  left join lateral (select * from told t where t.action = 'token.revoke' and t.target_id = k.id::text limit 1) r on true
  left join lateral (select * from told t where t.action = 'token.point' and t.target_id = k.id::text order by t.id desc limit 1) p on true`;

/** The version that decides, of every set. */
const SETS = `
  select 'policy', coalesce(l.name, s.name), coalesce(l.name, s.name), case
      when s.id is null then case when l.action = 'policy.retire' then null else 'gone' end
      when l.name is null then case when $1::date is null or s.activated_at >= $1::date then 'nobody' end
      when l.action = 'policy.retire' then 'retired'
      when s.hash <> l.detail->>'hash' or s.version <> (l.detail->>'version')::int then 'version'
      when s.hash <> encode(sha256(convert_to(s.source, 'UTF8')), 'hex') then 'text'
      when s.mode <> coalesce(l.detail->>'mode', s.mode) then 'mode' end
  from (select distinct on (target_name) target_name as name, action, detail from told
        where action in ('policy.apply', 'policy.promote', 'policy.roll_back', 'policy.retire') and target_type = 'policy_set'
        order by target_name, id desc) l
  full join (select * from policy_sets where state = 'active') s on s.name = l.name`;

const ACTIONS = [
  'identity.revoke',
  'identity.pause',
  'identity.resume',
  'identity.restore',
  'identity.rotate',
  'session.terminate',
  'task.complete',
  'task.reopen',
  'token.create',
  'token.revoke',
  'token.point',
  'policy.apply',
  'policy.promote',
  'policy.roll_back',
  'policy.retire',
  ...OPERATOR_ACTIONS,
];

export interface Differing {
  kind: 'identity' | 'session' | 'task' | 'token' | 'policy' | 'operator' | 'grant';
  id: string;
  /** Of the identity, its task’s namespace, the token, the set or the operator. */
  name: string | null;
  why: string;
}

/** Rows that are not as their audit entries left them; at most 1,000. `overDays`: how long a task is over. */
export async function differing(since: string | null, overDays: number): Promise<Differing[]> {
  const { rows } = await pool().query<Differing>(
    `with ${TOLD} select * from (${[IDENTITIES, SESSIONS, TASKS, TOKENS, SETS, OPERATORS, GRANTS].join(' union all ')}) d
     where why is not null order by kind, id limit 1000`,
    [since, ACTIONS, overDays],
  );
  return rows;
}
