import { pool, prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { type AbandonRule, abandonRuleSchema, DEFAULT_RULE } from '@/lib/sessions/abandoned-model';

const KEY = 'sessions.abandoned';
/** Who ends them, as revocations name it. */
export const ABANDONED = 'abandoned sessions';

export async function readRule(): Promise<AbandonRule> {
  const row = await prisma().setting.findUnique({ where: { key: KEY } });
  const parsed = abandonRuleSchema.safeParse(row?.value);
  return parsed.success ? parsed.data : DEFAULT_RULE;
}

export const writeRule = (tx: Tx, rule: AbandonRule, at: Date) =>
  tx.setting.upsert({
    where: { key: KEY },
    create: { key: KEY, value: rule, updatedAt: at },
    update: { value: rule, updatedAt: at },
  });

type Marked = { id: string; identity_id: string }[];

/** Flags what stands open and has been left, and takes the flag from what is used again. Returns which changed. */
export async function flag(tx: Tx, rule: AbandonRule, now: Date, most: number): Promise<Marked> {
  const since = new Date(now.getTime() - rule.afterMins * 60_000);
  return tx.$queryRaw<Marked>`
    with meant as (
      select id, (last_event_at < ${since}::timestamptz and (kind = any(${rule.kinds}::text[]) or consent is not null)) as left_open
      from sessions s where ended_at is null and (live_until is null or live_until > ${now}::timestamptz)
        and (abandoned_at is not null or last_event_at < ${since}::timestamptz)
    )
    update sessions s set abandoned_at = case when m.left_open then ${now}::timestamptz end from meant m
     where s.id = m.id and m.left_open <> (s.abandoned_at is not null)
       and s.id in (select id from meant order by id limit ${most * 10})
    returning s.id::text, s.identity_id::text`;
}

/** Flagged sessions that nothing has been done in for so long that they end: the oldest first, and of nobody who is protected. */
export async function dueToEnd(before: Date, now: Date, most: number): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `select s.id::text from sessions s join identities i on i.id = s.identity_id
     where s.abandoned_at is not null and s.ended_at is null and (s.live_until is null or s.live_until > $2) and s.last_event_at < $1
       and not i.protected and i.state <> 'revoked'
       and not exists (select from revocations r where r.kind = 'terminate' and s.id = any(r.session_ids) and r.requested_at > s.abandoned_at)
     order by s.last_event_at limit $3`,
    [before, now, most],
  );
  return rows.map((row) => row.id);
}

export async function countAbandoned(now: Date): Promise<{ flagged: number; ended: number }> {
  const { rows } = await pool().query<{ flagged: number; ended: number }>(
    `select (select count(*)::int from sessions where abandoned_at is not null and ended_at is null and (live_until is null or live_until > $1)) as flagged,
       (select coalesce(sum(cardinality(session_ids)), 0)::int from revocations where actor_kind = 'policy' and actor_name = $2
          and requested_at > $1::timestamptz - interval '7 days') as ended`,
    [now, ABANDONED],
  );
  return rows[0]!;
}
