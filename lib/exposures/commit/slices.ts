import type pg from 'pg';
import { insert, iso } from '@/lib/exposures/commit/insert';
import { sendMembers } from '@/lib/exposures/commit/members';
import { type Statement, send } from '@/lib/exposures/lane/send';
import type { ExposureState } from '@/lib/exposures/model';

/** What of the written exposures stands elsewhere than in their counters: notes, slices that grow no more, members. */
export function sendSlices(client: pg.Client, moved: ExposureState[]): Promise<unknown>[] {
  const noted = moved.filter((state) => state.noted);
  const sent = noted.length ? [sendNotes(client, noted)] : [];
  const left = moved.flatMap((state) => state.leftSlices.map((slice) => ({ id: state.id, ...slice })));
  if (left.length)
    sent.push(
      client.query({
        name: 'delete_slices',
        text: `delete from exposure_buckets b using unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) as q(id, at, session)
               where b.exposure_id = q.id and b.bucket_at = q.at and b.session_id = q.session`,
        values: [left.map((s) => s.id), left.map((s) => iso(s.endMs)), left.map((s) => s.sessionId)],
      }),
    );
  const closed = moved.flatMap(closedSlices);
  if (closed.length)
    sent.push(
      insert(
        client,
        'exposure_buckets',
        {
          exposure_id: ['uuid', closed.map((s) => s.id)],
          bucket_at: ['timestamptz', closed.map((s) => s.endMs)],
          session_id: ['uuid', closed.map((s) => s.sessionId)],
          settled: ['bigint', closed.map((s) => s.settled)],
          alone: ['bigint', closed.map((s) => s.alone)],
        },
        'on conflict (exposure_id, bucket_at, session_id) do update set settled = excluded.settled, alone = excluded.alone',
      ),
    );
  sent.push(...sendMembers(client, moved));
  return sent;
}

/** Slices that changed and do not stand in their exposure's row. */
function closedSlices(state: ExposureState) {
  const closed = [];
  for (const key of state.dirtySlices)
    if (!state.open.has(key)) closed.push({ id: state.id, ...state.slices.get(key)! });
  return closed;
}

const NOTES: Statement = {
  name: 'note_exposures',
  text: `update exposures e set limit_value = q.limit_value, rule_id = q.rule_id, window_secs = q.window_secs, calendar = q.calendar, warned = q.warned,
           identity_ids = coalesce((select array_agg(i::uuid) from json_array_elements_text(q.identities::json) i), '{}')
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::text[], $7::int[])
           as q(id, limit_value, rule_id, identities, window_secs, calendar, warned) where e.id = q.id`,
};

/** What stands beside the counters, where it changed. */
const sendNotes = (client: pg.Client, noted: ExposureState[]): Promise<unknown> =>
  send(client, NOTES, (parameters) =>
    parameters
      .array('uuid', noted, (s) => s.id)
      .array('bigint', noted, (s) => s.limit)
      .array('text', noted, (s) => s.ruleId)
      .array('text', noted, (s) => JSON.stringify(s.identityIds))
      .array('int', noted, (s) => s.windowSecs)
      .array('text', noted, (s) => s.calendar ?? null)
      .array('int', noted, (s) => s.warned ?? null),
  );
