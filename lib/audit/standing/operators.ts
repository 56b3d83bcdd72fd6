// Who may do what in the console, as rows that are more open than their audit entries say. Parts of one statement: `told` are
// the entries, `$1` is the first day whose entries are all kept.

const LEVEL = (role: string) =>
  `case ${role} when 'admin' then 4 when 'responder' then 3 when 'analyst' then 2 else 1 end`;

export const OPERATORS = `
  select 'operator', o.id::text, o.name, case
      when m.id is null and ($1::date is null or o.created_at >= $1::date) then 'nobody'
      when o.state = 'active' and s.state = 'disabled' then 'disabled'
      when ${LEVEL('o.role')} > ${LEVEL('coalesce(r.role, m.role)')} and coalesce(r.role, m.role) is not null then 'role'
      when encode(sha256(convert_to(o.password_hash, 'UTF8')), 'hex') <> p.sha256 then 'password' end
  from operators o
  left join lateral (select t.id, t.detail->>'role' as role from told t
    where t.action = 'operator.create' and t.target_id = o.id::text limit 1) m on true
  left join lateral (select t.detail->'role'->>'to' as role from told t where t.target_id = o.id::text
    and t.action in ('operator.update', 'operator.enable', 'operator.disable') and t.detail->'role' ? 'to' order by t.id desc limit 1) r on true
  left join lateral (select t.detail->'state'->>'to' as state from told t where t.target_id = o.id::text
    and t.action in ('operator.enable', 'operator.disable') order by t.id desc limit 1) s on true
  left join lateral (select t.detail->>'sha256' as sha256 from told t where t.target_id = o.id::text
    and t.action in ('operator.create', 'operator.change_password') order by t.id desc limit 1) p on true`;

/** A role for a time that holds now. */
export const GRANTS = `
  select 'grant', g.id::text, g.operator_name, case
      when m.id is null and ($1::date is null or g.asked_at >= $1::date) then 'nobody'
      when e.id is not null then 'ended'
      when m.id is not null and (${LEVEL('g.role')} > ${LEVEL("(m.detail->>'role')")} or g.until > (m.detail->>'until')::timestamptz
        or g.session_id::text <> m.detail->>'session') then 'other' end
  from access_grants g
  left join lateral (select * from told t where t.action = 'grant.give' and t.target_id = g.id::text limit 1) m on true
  left join lateral (select * from told t where t.action in ('grant.end', 'grant.expire') and t.target_id = g.id::text limit 1) e on true
  where g.state = 'granted' and g.until > now()`;

export const OPERATOR_ACTIONS = [
  'operator.create',
  'operator.update',
  'operator.enable',
  'operator.disable',
  'operator.change_password',
  'grant.give',
  'grant.end',
  'grant.expire',
];
