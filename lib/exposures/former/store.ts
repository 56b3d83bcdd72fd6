import { pool } from '@/lib/db/client';
import type { ExposureView } from '@/lib/exposures/model';
import { formerOf } from '@/lib/identities/former-model';

/**
 * By exposure per identity: the exposures of those who were merged into that identity. What stands on them counts for it.
 * Values that are told apart, and live sessions, are not added up here: a decision does.
 */
async function exposuresOfFormer(ids: string[]): Promise<Map<string, string[]>> {
  const found = await pool().query<{ id: string; formerly: string[] }>(
    `select e.id, array_agg(x.id order by x.id) as formerly
     from exposures e join identities i on i.id::text = e.key cross join lateral ${formerOf('i.id')} f
     join exposures x on x.meter = e.meter and x.scope = e.scope and x.key = f.from_id::text
      and x.policy_set = e.policy_set and x.kind = e.kind and x.unit is not distinct from e.unit and x.scale = e.scale
     where e.id = any($1::uuid[]) and e.scope = 'identity.id' and e.kind not in ('live_sessions', 'distinct')
     group by e.id`,
    [ids],
  );
  return new Map(found.rows.map((row) => [row.id, row.formerly]));
}

/** Those of `views` that somebody counts for who was merged into their identity, with what is theirs. */
export async function addFormer(
  views: ExposureView[],
  viewsOf: (ids: string[]) => Promise<ExposureView[]>,
): Promise<ExposureView[]> {
  if (!views.some((view) => view.scope === 'identity.id')) return views;
  const former = await exposuresOfFormer(views.map((view) => view.id));
  if (!former.size) return views;
  const theirs = new Map((await viewsOf([...former.values()].flat())).map((view) => [view.id, view]));
  return views.map((view) => {
    const all = (former.get(view.id) ?? []).flatMap((id) => theirs.get(id) ?? []);
    return all.length ? together(view, all) : view;
  });
}

function together(view: ExposureView, former: ExposureView[]): ExposureView {
  const all = [view, ...former];
  const sum = (pick: (one: ExposureView) => string) => all.reduce((total, one) => total + BigInt(pick(one)), 0n);
  const settled = sum((one) => one.settled);
  const held = sum((one) => one.held);
  const left = view.limit === null ? null : BigInt(view.limit) - settled - held;
  return {
    ...view,
    settled: `${settled}`,
    held: `${held}`,
    available: left === null ? null : `${left > 0n ? left : 0n}`,
    formerly: former.map((one) => one.id),
    contributors: perSession(all.flatMap((one) => one.contributors)),
  };
}

/** A session that counted in several has one share. The largest first. */
function perSession(all: ExposureView['contributors']): ExposureView['contributors'] {
  const shares = new Map<string, ExposureView['contributors'][number]>();
  for (const one of all) {
    const key = `${one.sessionId} ${one.identityId}`;
    const { settled, held } = shares.get(key) ?? { settled: '0', held: '0' };
    const both = { settled: `${BigInt(settled) + BigInt(one.settled)}`, held: `${BigInt(held) + BigInt(one.held)}` };
    shares.set(key, { ...one, ...both });
  }
  const size = (one: { settled: string; held: string }) => BigInt(one.settled) + BigInt(one.held);
  return [...shares.values()].sort((a, b) => (size(a) < size(b) ? 1 : size(a) > size(b) ? -1 : 0));
}
