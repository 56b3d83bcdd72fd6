import type pg from 'pg';
import { iso } from '@/lib/exposures/commit/insert';
import type { Writes } from '@/lib/exposures/writes';

const STATE = { pause: 'paused', revoke: 'revoked' } as const;

/** Identities of which a session said something else than before: their other sessions may be judged otherwise now. */
const changedIdentities = (touched: Writes['touched']): Set<string> =>
  new Set([...touched.values()].flatMap((one) => (one.changed ? [one.session.identityId] : [])));

/**
 * What rules make Braid end or pause. An identity is paused or revoked with the decision, so that the next request finds it
 * so; a job that exists if and only if this commits does the rest: sessions, systems, proof, audit.
 */
export function sendConsequences(client: pg.Client, { consequences, touched, nowMs }: Writes): Promise<unknown>[] {
  const closing = consequences.filter((one) => one.kind !== 'terminate');
  const sent = closing
    .toSorted((a, b) => (a.identityId < b.identityId ? -1 : 1))
    .map((one) =>
      client.query({
        name: 'close_identity',
        text: `update identities set state = $2, state_reason = $3, state_changed_by = $4, state_changed_at = $5::timestamptz,
                 state_revision = state_revision + 1
               where id = $1 and not protected and state <> 'revoked' and state <> $2`,
        values: [one.identityId, STATE[one.kind as keyof typeof STATE], one.reason.slice(0, 2000), one.by, iso(nowMs)],
      }),
    );
  const closed = new Set(closing.map((one) => one.identityId));
  for (const id of changedIdentities(touched))
    if (!closed.has(id))
      sent.push(
        client.query({
          name: 'reevaluate_identity',
          text: `select graphile_worker.add_job('reevaluate-sessions', $1::json, job_key => $2)`,
          values: [JSON.stringify({ identityIds: [id] }), `reevaluate:${id}`],
        }),
      );
  for (const one of consequences)
    sent.push(
      client.query({
        name: 'carry_out',
        text: `select graphile_worker.add_job('carry-out', $1::json, job_key => $2, max_attempts => 25)`,
        values: [JSON.stringify(one), `carry-out:${one.kind}:${one.decisionId}`],
      }),
    );
  return sent;
}
