import type pg from 'pg';
import { insert } from '@/lib/exposures/commit/insert';
import type { ExposureState } from '@/lib/exposures/model';

/** Uses of the values that changed, written whole: what is gone is deleted with the rest. */
export function sendMembers(client: pg.Client, states: ExposureState[]): Promise<unknown>[] {
  const changed = states.flatMap((state) => [...(state.members?.dirty ?? [])].map((member) => ({ state, member })));
  if (!changed.length) return [];
  const uses = changed.flatMap(({ state, member }) =>
    [...(state.members!.uses.get(member) ?? [])].map(([sessionId, use]) => ({ id: state.id, member, sessionId, use })),
  );
  const sent: Promise<unknown>[] = [
    client.query({
      name: 'delete_members',
      text: `delete from exposure_members m using unnest($1::uuid[], $2::text[]) as q(id, member)
             where m.exposure_id = q.id and m.member = q.member`,
      values: [changed.map((one) => one.state.id), changed.map((one) => one.member)],
    }),
  ];
  if (uses.length)
    sent.push(
      insert(client, 'exposure_members', {
        exposure_id: ['uuid', uses.map((one) => one.id)],
        member: ['text', uses.map((one) => one.member)],
        session_id: ['uuid', uses.map((one) => one.sessionId)],
        settled_at: ['timestamptz', uses.map((one) => one.use.settledMs)],
        alone_at: ['timestamptz', uses.map((one) => one.use.aloneMs)],
        brought: ['bool', uses.map((one) => one.use.brought)],
      }),
    );
  return sent;
}
