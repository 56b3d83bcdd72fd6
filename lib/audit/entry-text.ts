import { canonical } from '@/lib/decisions/canonical';

/** An audit row as it is read for sealing: times to the microsecond, as stored. */
export interface SealedRow {
  day: string;
  id: string;
  at: string;
  actor_kind: string;
  actor_id: string | null;
  actor_name: string;
  action: string;
  target_type: string | null;
  target_id: string | null;
  target_name: string | null;
  reason: string | null;
  detail: unknown;
  request_id: string | null;
  grant_id: string | null;
}

/** Columns of a SealedRow, from `audit_entries`. */
export const SEALED_COLUMNS = `to_char(day, 'YYYY-MM-DD') as day, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_kind, actor_id,
  actor_name, action, target_type, target_id, target_name, reason, detail, request_id, grant_id`;

/** An audit row as it is hashed: RFC 8785 text of every column. Rows from before there were grants have none in their text. */
export const entryText = (row: SealedRow): string =>
  canonical({
    action: row.action,
    actorId: row.actor_id,
    actorKind: row.actor_kind,
    actorName: row.actor_name,
    at: row.at,
    day: row.day,
    detail: row.detail,
    ...(row.grant_id ? { grantId: row.grant_id } : {}),
    id: row.id,
    reason: row.reason,
    requestId: row.request_id,
    targetId: row.target_id,
    targetName: row.target_name,
    targetType: row.target_type,
  });
