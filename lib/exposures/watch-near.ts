import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { amountText, percentOf, scopeText, windowText } from '@/lib/exposures/format';
import type { ExposureView } from '@/lib/exposures/model';
import { agedLevels, identitiesOf, keepChecked, keepLevels, risenIds } from '@/lib/exposures/near/store';
import { viewsOf } from '@/lib/exposures/store';
import { announce } from '@/lib/notifications/announce';
import type { Told } from '@/lib/notifications/model';
import { clock } from '@/lib/platform/clock';

/** Told in one pass; what is left comes with the next. */
const AT_ONCE = 200;
/** From here on what is left is little. */
const MUCH = 90;

function toldOf(view: ExposureView, identities: { id: string; name: string }[]): Told {
  const { scale, unit } = view;
  const stands = BigInt(view.settled) + BigInt(view.held);
  const who = scopeText(view.scope, view.keyName ?? view.key);
  return {
    event: 'exposure.near',
    target: { type: 'exposure', id: view.id },
    identityId: identities[0]?.id ?? null,
    severity: view.warned! >= MUCH ? 'medium' : 'low',
    body: {
      title: `${view.meter} of ${who} stands at ${percentOf(stands, view.limit!)} % of its limit`.slice(0, 300),
      summary:
        `${amountText(stands, scale, unit)} of ${amountText(view.limit!, scale, unit)}, ${windowText(view.windowSecs, view.calendar)}; ${amountText(view.available!, scale, unit)} ${view.available === '1' ? 'is' : 'are'} left.`.slice(
          0,
          2000,
        ),
      reasons: [
        `Rule ${view.ruleId ?? 'unknown'} of ${view.set} warns at ${view.warned} %.`,
        ...(identities.length ? [`Moved by ${identities.map((one) => one.name).join(', ')}.`.slice(0, 1000)] : []),
      ],
      path: `/decisions/path?exposure=${view.id}`,
      end: null,
    },
  };
}

const standsAt = (view: ExposureView): number => percentOf(BigInt(view.settled) + BigInt(view.held), view.limit!);

/**
 * Tells who wants to know of every exposure that has risen to a warning level of its limit: once a level, and anew only
 * after it has been below it for a window. What it stands at is read as of now: what a decision noted may have left its
 * window since. Returns how many were told of. Safe to run beside itself.
 */
export async function watchNear(ctx: Ctx): Promise<number> {
  authorise(ctx, 'console.read');
  const now = clock.now();
  const [ids, aged] = await Promise.all([risenIds(AT_ONCE), agedLevels(now, AT_ONCE)]);
  if (!ids.length && !aged.length) return 0;
  // Read before the transaction: what is told is how it stands now, and no connection waits for another.
  const views = new Map(
    (await viewsOf([...new Set([...ids, ...aged.map((one) => one.id)])])).map((one) => [one.id, one]),
  );
  const looked = ids.flatMap((id) => views.get(id) ?? []);
  const identities = await identitiesOf(ids);
  const isFallen = ({ id, level }: { id: string; level: number }): boolean => {
    const view = views.get(id);
    return !view || view.limit === null || standsAt(view) < level;
  };
  const fallen = aged.filter(isFallen).map((one) => one.id);
  return transaction(async (tx) => {
    const seen = looked.map((view) => ({
      id: view.id,
      level: view.limit === null ? 0 : (view.warned ?? 0),
      revision: BigInt(view.revision),
    }));
    const fresh = seen.length ? await keepLevels(tx, seen, now) : new Set<string>();
    const standing = aged.filter((one) => !fallen.includes(one.id)).map((one) => one.id);
    await keepChecked(tx, fallen, standing, now);
    const told = looked.filter((view) => fresh.has(view.id));
    await announce(
      tx,
      told.map((view) => toldOf(view, identities.get(view.id) ?? [])),
    );
    if (told.length || fallen.length) await hint(tx, 'exposure', []);
    return told.length;
  });
}
