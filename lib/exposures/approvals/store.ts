import type pg from 'pg';

/** An approval as stored, with everything it is bound to. */
export interface ApprovalRow {
  request_id: string;
  approval_id: string;
  issuer: string;
  identity_id: string;
  subject: unknown;
  action: unknown;
  resource: unknown;
  context: { binds: string[] | null; members: Record<string, unknown> };
  rules: { set: string; id: string }[];
  uses: number;
  used: number;
  approved_until: Date;
  withdrawn_at: Date | null;
  answered_by: string;
}

/** Approvals that requests carry, locked behind the exposures and in one order: what is used up by one is so for the next. */
export const lockApprovals = (client: pg.Client, ids: string[]): Promise<pg.QueryResult<ApprovalRow>> =>
  client.query<ApprovalRow>({
    name: 'lock_approvals',
    text: `select id as request_id, approval_id, issuer, identity_id, subject, action, resource, context, rules, uses, used,
             approved_until, withdrawn_at, answered_by
           from access_requests where approval_id = any($1::text[]) order by id for update`,
    values: [ids],
  });

/** Counts what was used, in the transaction that decided it. */
export const countUses = (client: pg.Client, used: ReadonlyMap<string, number>): Promise<unknown> =>
  client.query({
    name: 'count_uses',
    text: `update access_requests a set used = a.used + q.n from unnest($1::uuid[], $2::int[]) as q(id, n) where a.id = q.id`,
    values: [[...used.keys()], [...used.values()]],
  });
