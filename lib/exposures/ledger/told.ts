import type pg from 'pg';
import type { Item } from '@/lib/decisions/request-model';
import { NO_TOKEN } from '@/lib/exposures/ledger/keys';
import type { ToldWrite } from '@/lib/exposures/writes';

// What enforcement points did without asking, once under the name each has for it, however late it is told again.

/** What came of it when it was told. */
export interface ToldBefore {
  decisionId: string;
  allowed: boolean;
  reason: string;
  /** null: told before hashes were kept. */
  bodyHash: Buffer | null;
}

export const toldKey = (tokenId: string | null, ref: string): string => `${tokenId ?? NO_TOKEN} ${ref}`;

/** Those of what is told now that were told before; absent where nothing is told. To be asked behind the locks. */
export async function readTold(
  client: pg.Client,
  items: readonly Item[],
): Promise<Map<string, ToldBefore> | undefined> {
  const told = items.filter((item) => item.told);
  if (!told.length) return undefined;
  const { rows } = await client.query<{
    token_id: string;
    ref: string;
    decision_id: string;
    allowed: boolean;
    reason: string;
    body_hash: Buffer | null;
  }>({
    name: 'told_before',
    text: `select t.token_id, t.ref, t.decision_id, t.allowed, t.reason, t.body_hash
      from unnest($1::uuid[], $2::text[]) as q(token_id, ref) join blind_transactions t using (token_id, ref)`,
    values: [told.map((item) => item.tokenId ?? NO_TOKEN), told.map((item) => item.told!.ref)],
  });
  return new Map(
    rows.map((row) => [
      toldKey(row.token_id, row.ref),
      { decisionId: row.decision_id, allowed: row.allowed, reason: row.reason, bodyHash: row.body_hash },
    ]),
  );
}

/** Writes down what was told, with its decisions. false: something of it was told elsewhere meanwhile. */
export async function insertTold(client: pg.Client, told: readonly ToldWrite[]): Promise<boolean> {
  const of = <T>(pick: (one: ToldWrite) => T): T[] => told.map(pick);
  const { rowCount } = await client.query({
    name: 'insert_told',
    text: `insert into blind_transactions (token_id, ref, at, reported_at, decision_id, allowed, reason, amount, unit, scale, body_hash)
      select q.token_id, q.ref, q.at, now(), q.decision_id, q.allowed, q.reason, q.amount, q.unit, q.scale, q.body_hash
      from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::bool[], $6::text[], $7::bigint[], $8::text[], $9::int[], $10::bytea[])
        as q(token_id, ref, at, decision_id, allowed, reason, amount, unit, scale, body_hash) on conflict do nothing`,
    values: [
      of((one) => one.tokenId),
      of((one) => one.ref),
      of((one) => new Date(one.atMs)),
      of((one) => one.decisionId),
      of((one) => one.allowed),
      of((one) => one.reason),
      of((one) => one.amount),
      of((one) => one.unit),
      of((one) => one.scale),
      of((one) => one.bodyHash),
    ],
  });
  return rowCount === told.length;
}
