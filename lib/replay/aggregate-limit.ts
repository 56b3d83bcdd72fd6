import { stringify } from 'yaml';
import { compileDocument } from '@/lib/policies/compile-document';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import type { MeterSource, PolicyDocument, RuleSource } from '@/lib/policies/model';
import type { ActorScope } from '@/lib/replay/boundary-model';

export interface Aggregate {
  /** What to add to the set, as YAML. */
  text: string;
  /** The set with it. */
  set: CompiledSet;
}

/** The same limit once more, on everything one actor does: what splitting can't get round. Null: it would not compile. Pure. */
export function aggregateLimit(
  document: PolicyDocument,
  set: CompiledSet,
  ruleId: string,
  scope: ActorScope,
): Aggregate | null {
  const rule = document.rules.find((one) => one.id === ruleId);
  if (!rule || !('limit' in rule)) return null;
  const meter = document.meters[rule.limit.meter];
  if (!meter) return null;
  const meterName = `${rule.limit.meter}_per_${scope}`.slice(0, 64);
  const together: MeterSource = { ...meter, per: scope };
  const added: RuleSource = {
    ...rule,
    id: `${rule.id}-per-${scope}`.slice(0, 64),
    limit: { ...rule.limit, meter: meterName },
  };
  if (document.meters[meterName] || document.rules.some((one) => one.id === added.id)) return null;
  let failed = false;
  const compiled = compileDocument(
    { ...document, meters: { ...document.meters, [meterName]: together }, rules: [...document.rules, added] },
    () => {
      failed = true;
    },
  );
  if (failed) return null;
  return {
    text: stringify({ meters: { [meterName]: plain(together) }, rules: [plain(added)] }, { lineWidth: 0 }),
    set: { ...compiled, version: set.version, hash: set.hash },
  };
}

/** Defaults that nobody would write are left out. */
const plain = (part: object): object =>
  Object.fromEntries(
    Object.entries(part).filter(
      ([name, value]) =>
        value !== undefined &&
        !(name === 'fail' && value === 'closed') &&
        !(name === 'settle' && value === 'at_once') &&
        !(name === 'on_expiry' && value === 'release') &&
        !(name === 'scale' && value === 0) &&
        !(name === 'description'),
    ),
  );
