import type pg from 'pg';
import { insert, iso } from '@/lib/exposures/commit/insert';
import { type Statement, send, sendCopy } from '@/lib/exposures/lane/send';
import type { Hold } from '@/lib/exposures/model';
import type { Writes } from '@/lib/exposures/writes';

// Holds a batch made and closed, and the keys under which its answers can be asked for again.

export function sendHolds(client: pg.Client, holds: Hold[]): Promise<unknown>[] {
  if (!holds.length) return [];
  const of = <T>(pick: (hold: Hold) => T): T[] => holds.map(pick);
  const lines = holds.flatMap((hold) => hold.lines.map((line) => ({ holdId: hold.id, ...line })));
  return [
    insert(client, 'holds', {
      id: ['uuid', of((h) => h.id)],
      decision_id: ['uuid', of((h) => h.decisionId)],
      identity_id: ['uuid', of((h) => h.identityId)],
      session_id: ['uuid', of((h) => h.sessionId)],
      token_id: ['uuid', of((h) => h.tokenId)],
      kind: ['text', of((h) => h.kind)],
      on_expiry: ['text', of((h) => h.onExpiry)],
      created_at: ['timestamptz', of((h) => h.createdMs)],
      expires_at: ['timestamptz', of((h) => h.expiresMs)],
    }),
    insert(client, 'hold_lines', {
      hold_id: ['uuid', lines.map((line) => line.holdId)],
      exposure_id: ['uuid', lines.map((line) => line.exposureId)],
      amount: ['bigint', lines.map((line) => line.amount)],
      attribute: ['text', lines.map((line) => line.attribute)],
      on_expiry: ['text', lines.map((line) => line.onExpiry ?? null)],
      slice_at: ['timestamptz', lines.map((line) => line.sliceMs ?? null)],
    }),
  ];
}

export function sendClosed(client: pg.Client, { closed, nowMs }: Writes): Promise<unknown>[] {
  if (!closed.length) return [];
  const lines = closed.flatMap((hold) => hold.settled.map((line) => ({ id: hold.id, ...line })));
  return [
    client.query({
      name: 'close_holds',
      text: `update holds h set state = q.state, closed_at = $3::timestamptz from unnest($1::uuid[], $2::text[]) as q(id, state)
             where h.id = q.id and h.state <> q.state`,
      values: [closed.map((hold) => hold.id), closed.map((hold) => hold.state), iso(nowMs)],
    }),
    client.query({
      name: 'settle_lines',
      text: `update hold_lines l set settled = q.settled from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as q(id, exposure, settled)
             where l.hold_id = q.id and l.exposure_id = q.exposure`,
      values: [lines.map((line) => line.id), lines.map((line) => line.exposureId), lines.map((line) => line.settled)],
    }),
  ];
}

const NEW_KEYS: Statement = {
  name: 'copy_keys',
  text: `copy idempotency_keys (token_id, key, body_hash, decision_id, response, created_at) from stdin (format binary)`,
};
const ANSWERED_KEYS: Statement = {
  name: 'write_keys',
  text: `update idempotency_keys k set body_hash = q.body_hash, decision_id = q.decision_id, response = q.response, created_at = q.created_at
         from unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::text[], $6::timestamptz[]) as q(token_id, key, body_hash, decision_id, response, created_at)
         where k.token_id = q.token_id and k.key = q.key`,
};

/** Answers under their keys: sorted, so that two processes that write the same ones can't block each other. */
export function sendKeys(client: pg.Client, { keys: written, nowMs }: Writes): Promise<unknown>[] {
  if (!written.size) return [];
  const keys = [...written.values()];
  const sent: Promise<unknown>[] = [];
  const fresh = keys.filter((key) => key.isNew).sort((a, b) => (a.tokenId + a.key < b.tokenId + b.key ? -1 : 1));
  if (fresh.length)
    sent.push(
      sendCopy(client, NEW_KEYS, (rows) => {
        for (const { tokenId, key, bodyHash, decisionId, response, createdMs } of fresh)
          rows
            .row(6)
            .uuid(tokenId)
            .text(key)
            .bytea(bodyHash)
            .uuid(decisionId)
            .text(response)
            .timestamptz(createdMs ?? nowMs);
      }),
    );
  const answered = keys.filter((key) => !key.isNew);
  if (answered.length)
    sent.push(
      send(client, ANSWERED_KEYS, (parameters) =>
        parameters
          .array('uuid', answered, (key) => key.tokenId)
          .array('text', answered, (key) => key.key)
          .array('bytea', answered, (key) => key.bodyHash)
          .array('uuid', answered, (key) => key.decisionId)
          .array('text', answered, (key) => key.response)
          .array('timestamptz', answered, (key) => key.createdMs ?? nowMs),
      ),
    );
  return sent;
}
