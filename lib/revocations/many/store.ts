import { pool, prisma } from '@/lib/db/client';

export interface Standing {
  id: string;
  identity_id: string;
  state: string;
  requested_at: Date;
  verified_at: Date | null;
  clicked_at: Date | null;
  ended_again_at: Date | null;
  total: number;
  settled: number;
  verified: number;
}

/** Where several revocations stand, those of `onTheWay` first, at most `most`; with how many there are and have come to rest. */
export async function standingOf(
  of: { ids?: string[] | undefined; actionId?: string | undefined },
  onTheWay: readonly string[],
  most: number,
): Promise<Standing[]> {
  const found = await pool().query<Standing>(
    `select id, identity_id, state, requested_at, verified_at, clicked_at, ended_again_at, (count(*) over ())::int as total,
       (count(*) filter (where not (state = any($3))) over ())::int as settled,
       (count(*) filter (where state = 'verified') over ())::int as verified
     from revocations where ${of.actionId ? 'action_id = $1::uuid and $2::uuid[] is null' : '$1::uuid is null and id = any($2::uuid[])'}
     order by (state = any($3)) desc, id limit $4`,
    [of.actionId ?? null, of.actionId ? null : (of.ids ?? []), onTheWay, most],
  );
  return found.rows;
}

/** What was begun under the name of one action over many. */
export const begunUnder = (actionId: string) =>
  prisma().revocation.findMany({
    where: { actionId },
    select: { id: true, kind: true, identityId: true, sessionIds: true },
  });

export interface LeftOut {
  id: string;
  name: string;
  why: string;
  session: boolean;
}

/** What an action over many left out when it was last asked, as its audit entry says. */
export async function leftOutOf(actionId: string): Promise<LeftOut[]> {
  const found = await pool().query<LeftOut>(
    `select k.id, coalesce(i.name, s.label, 'not there any more') as name, coalesce(k.why, '') as why, s.id is not null as session
     from (select detail->'skipped' as skipped from audit_entries
            where target_id = $1::text and target_type = 'action' order by id desc limit 1) e
     cross join lateral jsonb_to_recordset(e.skipped) as k(id uuid, why text)
     left join identities i on i.id = k.id left join sessions s on s.id = k.id
     order by 2, k.id`,
    [actionId],
  );
  return found.rows;
}
