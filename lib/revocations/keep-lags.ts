import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { moduleOf } from '@/lib/connectors/registry';
import { lagSecs } from '@/lib/revocations/lag-secs';
import { allConnectors, nextPlaced, type Placed, readElsewhereOf, writeLags } from '@/lib/revocations/lags/store';
import { expected } from '@/lib/revocations/measured/store';
import { factsOf, systemsAmong } from '@/lib/revocations/systems';

const AT_ONCE = 1_000;

/**
 * Keeps with each identity how long revoking it takes until that is proven in the slowest of its systems, which policies read as
 * `identity.revocation_lag_secs`. Rows that stay as they are are not written. For a loop of a minute. Answers how many changed.
 * Errors: `access.denied`.
 */
export async function keepLags(ctx: Ctx): Promise<number> {
  authorise(ctx, 'session.terminate');
  const [connectors, times] = await Promise.all([allConnectors(), expected()]);
  const facts = new Map(connectors.map((one) => [one.id, factsOf(one)]));
  const formats = [...new Set(connectors.flatMap((one) => moduleOf(one.vendor).manifest.logFormats ?? []))];
  const lagOf = (one: Placed, elsewhere: ReadonlySet<string>) => {
    const connected = one.connectorIds.flatMap((id) => facts.get(id) ?? []);
    const removed = connected.length < one.connectorIds.length;
    return lagSecs(systemsAmong({ sources: one.sources, connected, removed }, elsewhere), times);
  };
  let changed = 0;
  for (let page = await nextPlaced(null, AT_ONCE); page.length; page = await nextPlaced(page.at(-1)!.id, AT_ONCE)) {
    const asked = page.filter((one) => one.sources.some((source) => formats.includes(source)));
    const elsewhere = await readElsewhereOf(
      asked.map((one) => one.id),
      formats,
    );
    const news = page
      .map((one) => ({ id: one.id, lag: lagOf(one, elsewhere.get(one.id) ?? new Set()), before: one.lag }))
      .filter((one) => one.lag !== one.before);
    await writeLags(news);
    changed += news.length;
    if (page.length < AT_ONCE) break;
  }
  return changed;
}
