import { pool } from '@/lib/db/client';

export interface LastAllowed {
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
}

/** The last request each live session of an identity was allowed, newest sessions first. */
export async function lastAllowed(identityId: string, limit: number): Promise<LastAllowed[]> {
  const found = await pool().query<LastAllowed>(
    `select s.id as session_id, s.label, s.group_key, s.source, d.id as decision_id, d.at, d.trace, d.token_id, t.name as token_name, t.issuer
     from sessions s
     cross join lateral (select d.id, d.at, d.trace, d.token_id from decisions d
       where d.session_id = s.id and d.verdict = 'allow' and not d.dry_run order by d.id desc limit 1) d
     left join api_tokens t on t.id = d.token_id
     where s.identity_id = $1 and s.ended_at is null and (s.live_until is null or s.live_until > now())
     order by s.started_at desc, s.id desc limit $2`,
    [identityId, limit],
  );
  return found.rows;
}

/** Identities that have live sessions, those seen last first. */
export async function withLiveSessions(limit: number): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select i.id from identities i where i.state = 'active' and exists (select from sessions s where s.identity_id = i.id
       and s.ended_at is null and (s.live_until is null or s.live_until > now()))
     order by i.last_seen_at desc nulls last, i.id limit $1`,
    [limit],
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
