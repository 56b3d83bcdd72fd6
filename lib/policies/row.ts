import { check } from '@/lib/policies/check';
import type { PolicySetRow } from '@/lib/policies/model';
import type { rows } from '@/lib/policies/store';

type Stored = Awaited<ReturnType<typeof rows>>[number];

/** A stored version as lists show it. */
export function rowOf(stored: Stored): PolicySetRow {
  const document = check(stored.source).document;
  return {
    id: stored.id,
    name: stored.name,
    version: stored.version,
    hash: stored.hash,
    state: stored.state as PolicySetRow['state'],
    mode: stored.mode as PolicySetRow['mode'],
    createdAt: stored.createdAt.toISOString(),
    createdBy: stored.createdBy,
    reason: stored.reason,
    activatedAt: stored.activatedAt?.toISOString() ?? null,
    activatedBy: stored.activatedBy,
    activatedFor: stored.activatedFor,
    basedOn: stored.basedOn,
    tests: Array.isArray(stored.tests) ? stored.tests.length : 0,
    retiredAt: stored.retiredAt?.toISOString() ?? null,
    rules: document?.rules.length ?? 0,
    meters: Object.keys(document?.meters ?? {}).length,
  };
}
