import type pg from 'pg';
import type { Actor } from '@/lib/access/model';
import { together } from '@/lib/exposures/lane/store';
import type { ApprovalRow } from '@/lib/exposures/model';
import { newId } from '@/lib/platform/ids';

/** Approvals that requests carry, locked behind the exposures and in one order: what is used up by one is so for the next. */
export const lockApprovals = (client: pg.Client, ids: string[]): Promise<pg.QueryResult<ApprovalRow>> =>
  client.query<ApprovalRow>({
    name: 'lock_approvals',
    text: `select id as request_id, approval_id, issuer, identity_id, subject, action, resource, context, rules, uses, used,
             approved_until, withdrawn_at, answered_by
           from access_requests where approval_id = any($1::text[]) order by id for update`,
    values: [ids],
  });

const GIVE_BACK = 'approval.give_back';

/**
 * One use of an approval that a decision had spent counts no more, and the audit log says so; each is given back once. False:
 * there is none to give back.
 */
export async function giveBackUse(
  client: pg.Client,
  approvalId: string,
  { decisionId, actor }: { decisionId: string; actor: Actor },
): Promise<boolean> {
  const locked = await client.query<{ id: string }>(
    'select id from access_requests where approval_id = $1 and used > 0 for update',
    [approvalId],
  );
  const id = locked.rows[0]?.id;
  const before = await client.query(
    `select 1 from audit_entries where target_id = $1 and target_type = 'approval' and action = $2 and detail->>'decisionId' = $3 limit 1`,
    [id ?? '', GIVE_BACK, decisionId],
  );
  if (!id || before.rowCount) return false;
  await together([
    client.query('update access_requests set used = used - 1 where id = $1', [id]),
    client.query(
      `insert into audit_entries (id, actor_kind, actor_id, actor_name, action, target_type, target_id, reason, detail)
       values ($1, $2, $3, $4, $5, 'approval', $6, 'Its answer could not be delivered', $7)`,
      [newId(), actor.kind, 'id' in actor ? actor.id : null, actor.name, GIVE_BACK, id, JSON.stringify({ decisionId })],
    ),
  ]);
  return true;
}

/** Counts what was used, in the transaction that decided it. */
export const countUses = (client: pg.Client, used: ReadonlyMap<string, number>): Promise<unknown> =>
  client.query({
    name: 'count_uses',
    text: `update access_requests a set used = a.used + q.n from unnest($1::uuid[], $2::int[]) as q(id, n) where a.id = q.id`,
    values: [[...used.keys()], [...used.values()]],
  });
