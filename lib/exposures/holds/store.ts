import type pg from 'pg';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import type { OpenHold, OpenHoldsQuery } from '@/lib/exposures/holds/model';
import type { Hold } from '@/lib/exposures/model';
import { newId } from '@/lib/platform/ids';

interface Whose {
  /** For how long it was first made, seconds; null: there is no such hold. */
  firstSecs: number | null;
  /** Why nothing goes on under it; null: it may. */
  whyNot: string | null;
  /** Where it is ended instead; null: here. */
  standsFor: string | null;
}

export async function whoseHold(id: string): Promise<Whose> {
  const found = await pool().query<{
    first_secs: number;
    kind: string;
    state: string | null;
    ended: boolean;
    allotted: boolean;
  }>(
    `select coalesce(h.first_secs, ceil(extract(epoch from h.expires_at - h.created_at)))::int as first_secs, h.kind, i.state,
       coalesce(s.ended_at is not null, false) as ended, exists (select from allotments a where a.hold_id = h.id) as allotted
     from holds h left join identities i on i.id = h.identity_id left join sessions s on s.id = h.session_id where h.id = $1`,
    [id],
  );
  const row = found.rows[0];
  if (!row) return { firstSecs: null, whyNot: null, standsFor: null };
  const other =
    row.kind === 'approval'
      ? 'This hold is a request for approval: answer it, or let its caller take it back.'
      : row.allotted
        ? 'This hold is an allotment, which its enforcement point may be spending: it ends when it is reported or has expired.'
        : null;
  const shut = row.state === 'active' ? null : `Its identity is ${row.state ?? 'gone'}: nothing is extended.`;
  return {
    firstSecs: row.first_secs,
    standsFor: other,
    whyNot: other ?? shut ?? (row.ended ? 'Its session has ended: nothing is extended.' : null),
  };
}

/** On the lane, under the locks of what it holds. */
export const keepUntil = (client: pg.Client, hold: Hold, firstSecs: number): Promise<unknown> =>
  client.query('update holds set expires_at = $2, first_secs = $3 where id = $1', [
    hold.id,
    new Date(hold.expiresMs),
    firstSecs,
  ]);

/** The audit row of a release by somebody else, in the transaction that releases. */
export const recordRelease = (
  client: pg.Client,
  { actor, requestId }: Ctx,
  hold: Hold,
  reason: string,
): Promise<unknown> =>
  client.query(
    `insert into audit_entries (id, actor_kind, actor_id, actor_name, action, target_type, target_id, target_name, reason, detail, request_id, grant_id)
     values ($1, $2, $3, $4, 'hold.release', 'hold', $5, $6, $7, $8, $9, $10)`,
    [
      newId(),
      actor.kind,
      'id' in actor ? actor.id : null,
      actor.name,
      hold.id,
      hold.kind,
      reason,
      JSON.stringify({ decisionId: hold.decisionId, identityId: hold.identityId, tokenId: hold.tokenId }),
      requestId ?? null,
      actor.kind === 'operator' ? (actor.grant?.id ?? null) : null,
    ],
  );

/** Holds that are open now, the latest first. */
export async function openHolds(query: OpenHoldsQuery): Promise<OpenHold[]> {
  const found = await pool().query<OpenHold & { created: Date; expires: Date }>(
    `select h.id, h.kind, h.decision_id as "decisionId", h.identity_id as "identityId", coalesce(i.name, '') as "identityName",
       h.session_id as "sessionId", s.label as "sessionLabel", coalesce(s.ended_at is not null, false) as "sessionEnded",
       h.token_id as "tokenId", t.name as "tokenName", t.revoked_at is not null as "tokenRevoked", h.created_at as created, h.expires_at as expires,
       exists (select from allotments a where a.hold_id = h.id) as allotted,
       coalesce((select json_agg(json_build_object('exposureId', e.id, 'set', e.policy_set, 'meter', e.meter, 'scope', e.scope, 'key', left(e.key, 512),
           'keyName', left(case e.scope when 'identity.id' then (select n.name from identities n where n.id::text = e.key)
             when 'session.id' then (select n.label from sessions n where n.id::text = e.key)
             when 'workflow.id' then (select n.name from workflows n where n.id::text = e.key) end, 512),
           'unit', e.unit, 'scale', e.scale, 'amount', l.amount::text) order by e.meter, e.id)
         from hold_lines l join exposures e on e.id = l.exposure_id where l.hold_id = h.id), '[]') as lines
     from holds h left join identities i on i.id = h.identity_id left join sessions s on s.id = h.session_id
       left join api_tokens t on t.id = h.token_id
     where h.state = 'held' and h.expires_at > now() and ($1::uuid is null or h.id < $1) and ($2::text is null or h.kind = $2)
       and ($3::uuid is null or h.identity_id = $3)
       and ($4::uuid is null or exists (select from hold_lines l where l.hold_id = h.id and l.exposure_id = $4))
     order by h.id desc limit $5`,
    [query.cursor ?? null, query.kind ?? null, query.identityId ?? null, query.exposureId ?? null, query.limit + 1],
  );
  return found.rows.map(({ created, expires, ...row }) => ({
    ...row,
    createdAt: created.toISOString(),
    expiresAt: expires.toISOString(),
  }));
}
