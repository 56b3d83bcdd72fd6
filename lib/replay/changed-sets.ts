import { check } from '@/lib/policies/check';
import { compileDocument } from '@/lib/policies/compile-document';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import type { Change } from '@/lib/replay/model';

type SourceOf = (hash: string) => string | undefined;

const enforced = (set: CompiledSet): boolean => set.mode === 'enforce' && set.rules.some((rule) => !rule.shadow);

function withLimits(set: CompiledSet, limits: NonNullable<Change['limits']>): CompiledSet {
  const own = limits.filter((one) => one.set === set.name);
  if (!own.length) return set;
  const rules = set.rules.map((rule) => {
    const other = own.find((one) => one.ruleId === rule.id);
    return other && rule.limit ? { ...rule, limit: { ...rule.limit, max: other.max } } : rule;
  });
  return { ...set, rules };
}

function withScopes(set: CompiledSet, scopes: NonNullable<Change['scopes']>, sourceOf: SourceOf): CompiledSet {
  const own = scopes.filter((one) => one.set === set.name);
  const document = own.length ? check(sourceOf(set.hash) ?? '').document : undefined;
  if (!document) return set;
  const meters = { ...document.meters };
  for (const { meter, per } of own) if (meters[meter]) meters[meter] = { ...meters[meter], per };
  const compiled = compileDocument({ ...document, meters }, () => undefined);
  return { ...compiled, version: set.version, hash: set.hash, mode: set.mode, exemptions: set.exemptions };
}

/**
 * Sets as they would have been under a change. The same sets give the same objects again, so that what is cached by set
 * stays. Versions in shadow are left as they are. Pure.
 */
export function changedSets(change: Change, sourceOf: SourceOf): (sets: CompiledSet[]) => CompiledSet[] {
  const known = new WeakMap<CompiledSet, CompiledSet>();
  const changed = (set: CompiledSet): CompiledSet => {
    let other = known.get(set);
    if (!other) {
      const replaced = enforced(set) ? change.sets?.find((one) => one.name === set.name) : undefined;
      other = withLimits(withScopes(replaced ?? set, change.scopes ?? [], sourceOf), change.limits ?? []);
      known.set(set, other);
    }
    return other;
  };
  return (sets) => [
    ...sets.map(changed),
    ...(change.sets ?? []).filter((one) => !sets.some((set) => set.name === one.name && enforced(set))),
  ];
}
