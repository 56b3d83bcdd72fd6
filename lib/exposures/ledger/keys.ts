import type pg from 'pg';
import { canonical } from '@/lib/decisions/canonical';
import { type Statement, send } from '@/lib/exposures/lane/send';
import { together } from '@/lib/exposures/lane/store';
import { idTime } from '@/lib/platform/ids';

// Idempotency keys: locked, and taken from a decision.

/**
 * Takes a decision out of its key, so that a retry is decided anew. False where that must not be: a retry has already been
 * given the stored answer, or what was counted has been given back before.
 */
export async function takeKey(client: pg.Client, decisionId: string, exposureIds: string[]): Promise<boolean> {
  const [keys, given] = await together([
    client.query<{ retried: boolean }>({
      name: 'lock_key_of',
      text: `select k.created_at <> d.at as retried from decisions d join idempotency_keys k on k.token_id = d.token_id and k.decision_id = d.id
             where d.id = $1 for update of k`,
      values: [decisionId],
    }),
    client.query({
      name: 'given_back',
      text: `select 1 from ledger_entries where exposure_id = any($2::uuid[]) and decision_id = $1 and kind = 'release' and hold_id is null
               and day >= $3::timestamptz::date - 1 limit 1`,
      values: [decisionId, exposureIds, new Date(idTime(decisionId))],
    }),
  ]);
  if (given.rowCount || keys.rows.some((row) => row.retried)) return false;
  if (keys.rowCount)
    await client.query(
      `update idempotency_keys k set response = '' from decisions d where d.id = $1 and k.token_id = d.token_id and k.decision_id = d.id`,
      [decisionId],
    );
  return true;
}

export interface KeyRow {
  token_id: string;
  key: string;
  body_hash: Buffer;
  /** Empty while nobody has been answered under it. */
  decision_id: string;
  response: string;
  fresh: boolean;
  /** It is not stored yet. */
  isNew?: true;
  /** What the log says of the decision it answers; absent: no allow of this caller. */
  logged?: LoggedAllow;
}

export interface LoggedAllow {
  identityId: string;
  holdId: string | null;
  /** RFC 8785 text of what was asked. */
  request: string;
}

/** Of stored answers, the allows in the log that they answer, by decision: a row anybody can write is no proof of one. */
export async function loggedAllows(client: pg.Client, rows: KeyRow[]): Promise<Map<string, LoggedAllow>> {
  if (!rows.length) return new Map();
  const found = await client.query<{ id: string; identity_id: string; hold_id: string | null; trace: string }>({
    name: 'logged_allows',
    text: `select d.id, d.identity_id, d.hold_id, d.trace from unnest($1::uuid[], $2::uuid[]) as q(token_id, id)
           join decisions d on d.id = q.id and coalesce(d.token_id, '${NO_TOKEN}') = q.token_id and d.verdict = 'allow' and not d.dry_run
           and d.day >= current_date - 2`,
    values: [rows.map((row) => row.token_id), rows.map((row) => row.decision_id)],
  });
  return new Map(
    found.rows.map((row) => [
      row.id,
      {
        identityId: row.identity_id,
        holdId: row.hold_id,
        request: canonical((JSON.parse(row.trace) as { request: unknown }).request),
      },
    ]),
  );
}

/** In the place of a caller that has no token. */
export const NO_TOKEN = '00000000-0000-0000-0000-000000000000';

/** A key that a request comes with. */
export interface Claim {
  tokenId: string;
  key: string;
  bodyHash: Buffer;
}

/**
 * Locks those of these keys that have been answered before, sorted. The others are written with their answers: who writes
 * one that somebody else has written meanwhile starts again, and finds it.
 */
export function lockKeys(client: pg.Client, claims: readonly Claim[]): Promise<pg.QueryResult<KeyRow>> {
  const sorted = [...claims].sort((a, b) => (a.tokenId + a.key < b.tokenId + b.key ? -1 : 1));
  return send<KeyRow>(client, LOCK, (parameters) =>
    parameters.array('uuid', sorted, (one) => one.tokenId).array('text', sorted, (one) => one.key),
  );
}

const LOCK: Statement = {
  name: 'lock_keys',
  text: `select k.token_id, k.key, k.body_hash, k.decision_id, k.response, k.created_at > now() - interval '24 hours' as fresh
         from idempotency_keys k join unnest($1::uuid[], $2::text[]) as q(token_id, key) on k.token_id = q.token_id and k.key = q.key
         order by k.token_id, k.key for update of k`,
  rows: true,
};

/** The row of a key that nobody has been answered under: who of a batch is the first to be decided, has it. */
export const newKey = ({ tokenId, key, bodyHash }: Claim): KeyRow => ({
  token_id: tokenId,
  key,
  body_hash: bodyHash,
  decision_id: '',
  response: '',
  fresh: true,
  isNew: true,
});
