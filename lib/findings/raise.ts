import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { mappingOf } from '@/lib/findings/mapping-model';
import { evidenceSchema, type Found } from '@/lib/findings/model';
import { readStanding } from '@/lib/findings/scan/store';
import { merge } from '@/lib/findings/state';
import { insertMissing, lockFinding, updateFinding } from '@/lib/findings/store';
import { calm } from '@/lib/findings/storm-state';
import { tell } from '@/lib/findings/tell';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

export interface Raised {
  raised: number;
  reopened: number;
  updated: number;
  /** Findings that are new, reopened or have new evidence. */
  ids: string[];
}

/** A finding that holds for what was asserted. */
export interface Stands {
  identityId: string;
  findingId: string;
}

/**
 * Writes what detectors assert, in the caller's transaction: one finding per identity, detector and cause. The same
 * evidence again changes nothing; new evidence adds an occurrence, and reopens a closed finding. A suppression holds
 * until its end. Of a storm ten stand by themselves and the rest together. `stands`: the finding each assertion came to, also
 * where it said nothing new; not what is suppressed.
 */
export async function raise(tx: Tx, ctx: Ctx, found: readonly Found[]): Promise<Raised & { stands: Stands[] }> {
  const result: Raised & { stands: Stands[] } = { raised: 0, reopened: 0, updated: 0, ids: [], stands: [] };
  const calmed = calm(found, await readStanding(tx, found));
  const sorted = calmed.sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  const now = clock.now().toISOString();
  for (const one of sorted) {
    const parsed: Found = {
      ...one,
      cause: one.cause.slice(0, 300),
      title: one.title.slice(0, 300),
      summary: one.summary.slice(0, 2000),
      evidence: evidenceSchema.parse(one.evidence),
    };
    const id = newId();
    const target = { type: 'finding', id, name: parsed.title };
    const detail = { detector: parsed.detector, identityId: parsed.identityId, severity: parsed.severity };
    if (await insertMissing(tx, id, parsed, mappingOf(parsed.detector))) {
      await record(tx, ctx, { action: 'finding.raise', target, detail });
      await tell(tx, 'finding.raised', [{ ...parsed, id, occurrences: 1 }]);
      result.raised += 1;
      result.ids.push(id);
      result.stands.push({ identityId: parsed.identityId, findingId: id });
      continue;
    }
    const standing = await lockFinding(tx, parsed);
    const merged = merge(standing, parsed, now);
    if (merged.state !== 'suppressed') result.stands.push({ identityId: parsed.identityId, findingId: standing.id });
    if (merged.change === 'known') continue;
    await updateFinding(tx, standing.id, parsed, merged);
    if (merged.change === 'reopened')
      await record(tx, ctx, {
        action: 'finding.reopen',
        target: { ...target, id: standing.id },
        reason: 'New evidence.',
        detail,
      });
    if (merged.state === 'open' || merged.state === 'acknowledged')
      await tell(tx, `finding.${merged.change}`, [{ ...parsed, ...merged, id: standing.id }]);
    result[merged.change] += 1;
    result.ids.push(standing.id);
  }
  if (result.ids.length > 0) {
    await hint(tx, 'finding', result.ids);
    // Rules that act on findings look at them where revocations are carried out.
    for (let at = 0; at < result.ids.length; at += 1_000)
      await enqueue(tx, 'respond-to-findings', { findingIds: result.ids.slice(at, at + 1_000) });
  }
  return result;
}

const keyOf = (found: Found): string => `${found.identityId} ${found.detector} ${found.cause}`;
