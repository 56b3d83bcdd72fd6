import { pool } from '@/lib/db/client';
import { HINT_CHANNEL } from '@/lib/db/hint';
import type { ActedAgain, AskedAgain } from '@/lib/decisions/again-model';

export interface LastAllowed {
  identity_id: string;
  session_id: string;
  label: string;
  group_key: string;
  source: string;
  decision_id: string;
  at: Date;
  trace: string;
  token_id: string | null;
  token_name: string | null;
  issuer: string | null;
  /** What rules made of this very decision when it was asked again last. */
  acted: ActedAgain[];
}

/** The last request each live session of these identities was allowed, at most `limit` of each, newest sessions first. */
export async function lastAllowed(identityIds: string[], limit: number): Promise<LastAllowed[]> {
  const found = await pool().query<LastAllowed>(
    `select s.* from unnest($1::uuid[]) with ordinality i (id, place) cross join lateral (
       select s.identity_id, s.id as session_id, s.label, s.group_key, s.source, d.id as decision_id, d.at, d.trace, d.token_id,
              t.name as token_name, t.issuer, s.started_at, coalesce(a.done, '[]') as acted
         from sessions s
         cross join lateral (select d.id, d.at, d.trace, d.token_id from decisions d
           where d.session_id = s.id and d.verdict = 'allow' and not d.dry_run order by d.id desc limit 1) d
         left join api_tokens t on t.id = d.token_id
         left join asked_again a on a.session_id = s.id and a.decision_id = d.id
        where s.identity_id = i.id and s.ended_at is null and (s.live_until is null or s.live_until > now())
        order by s.started_at desc, s.id desc limit $2) s
     order by i.place, s.started_at desc, s.session_id desc`,
    [identityIds, limit],
  );
  return found.rows;
}

const LIVE = `i.state = 'active' and exists (select from sessions s where s.identity_id = i.id
       and s.ended_at is null and (s.live_until is null or s.live_until > now()))`;

/** The next identities with live sessions, by id: as many as `limit` says of how many there are in all. */
export async function nextWithLiveSessions(after: string | null, limit: (all: number) => number): Promise<string[]> {
  const all = await pool().query<{ n: number }>(`select count(*)::int as n from identities i where ${LIVE}`);
  const found = await pool().query<{ id: string }>(
    `select i.id from identities i where ${LIVE} and ($1::uuid is null or i.id > $1) order by i.id limit $2`,
    [after, limit(all.rows[0]!.n)],
  );
  return found.rows.map((row) => row.id);
}

/** Identities that have live sessions, those seen last first. */
export async function withLiveSessions(limit: number): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select i.id from identities i where ${LIVE}
     order by i.last_seen_at desc nulls last, i.id limit $1`,
    [limit],
  );
  return found.rows.map((row) => row.id);
}

/** Active identities with live sessions that work for the same workflows as these, those seen last first. */
export async function fellows(identityIds: string[], limit: number): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select i.id from identities i where i.state = 'active' and i.id <> all($1::uuid[])
       and exists (select from workflow_members m join workflow_members o on o.workflow_id = m.workflow_id
         where m.identity_id = i.id and o.identity_id = any($1::uuid[]))
       and exists (select from sessions s where s.identity_id = i.id and s.ended_at is null and (s.live_until is null or s.live_until > now()))
     order by i.last_seen_at desc nulls last, i.id limit $2`,
    [identityIds, limit],
  );
  return found.rows.map((row) => row.id);
}

/** Which versions, modes and exemptions bind now. */
export async function bindingVersion(): Promise<string> {
  const found = await pool().query<{ version: string | null }>(
    `select string_agg(hash || '/' || version || '/' || mode || '/' || exempt_rev, ',' order by name) as version
     from policy_sets where state = 'active'`,
  );
  return found.rows[0]?.version ?? '';
}

export type Kept = Omit<AskedAgain, 'sessionLabel' | 'action' | 'resource' | 'at'>;

/** Keeps the latest answer of each session, at the database's clock. Whoever watches hears of those that are not as before. */
export async function keepAnswers(answers: readonly Kept[]): Promise<void> {
  if (answers.length === 0) return;
  // All parts of a statement see the rows as they were before it.
  const changed = await pool().query<{ id: string }>(
    `with given as (
       select a."sessionId" as session_id, a."identityId" as identity_id, a."decisionId" as decision_id, a.because, a.verdict,
              a.reason, a."policySet" as policy_set, a."ruleId" as rule_id, a.message, a.done
         from jsonb_to_recordset($1::jsonb) as a("sessionId" uuid, "identityId" uuid, "decisionId" uuid, because text,
           verdict text, reason text, "policySet" text, "ruleId" text, message text, done jsonb)),
     kept as (
       insert into asked_again (session_id, identity_id, decision_id, at, because, verdict, reason, policy_set, rule_id, message, done)
       select session_id, identity_id, decision_id, now(), because, verdict, reason, policy_set, rule_id, message, done from given
       order by session_id
       on conflict (session_id) do update set identity_id = excluded.identity_id, decision_id = excluded.decision_id,
         at = excluded.at, because = excluded.because, verdict = excluded.verdict, reason = excluded.reason,
         policy_set = excluded.policy_set, rule_id = excluded.rule_id, message = excluded.message, done = excluded.done)
     select g.session_id::text as id from given g left join asked_again o on o.session_id = g.session_id
      where o.session_id is null or (o.decision_id, o.verdict, o.reason, o.policy_set, o.rule_id, o.message, o.done)
        is distinct from (g.decision_id, g.verdict, g.reason, g.policy_set, g.rule_id, g.message, g.done)`,
    [JSON.stringify(answers)],
  );
  const ids = changed.rows.map((row) => row.id);
  if (ids.length === 0) return;
  await pool().query('select pg_notify($1, $2)', [
    HINT_CHANNEL,
    JSON.stringify({ topic: 'session', ids: ids.length > 50 ? [] : ids }),
  ]);
}

/** The latest answer of a session, or of a session for what this decision allowed it. */
export async function latestOf(query: { sessionId: string } | { decisionId: string }): Promise<AskedAgain | null> {
  const [column, id] = 'sessionId' in query ? ['session_id', query.sessionId] : ['decision_id', query.decisionId];
  const { rows } = await pool().query<AskedAgain & { at: Date }>(
    `select a.session_id as "sessionId", s.label as "sessionLabel", a.identity_id as "identityId", a.decision_id as "decisionId",
       d.action, d.resource_type || ' ' || d.resource_id as resource, a.at, a.because, a.verdict, a.reason,
       a.policy_set as "policySet", a.rule_id as "ruleId", a.message, a.done
     from asked_again a join sessions s on s.id = a.session_id join decisions d on d.id = a.decision_id
     where a.${column} = $1 order by a.at desc limit 1`,
    [id],
  );
  const found = rows[0];
  return found ? { ...found, at: found.at.toISOString() } : null;
}
