import type { Trace } from '@/lib/decisions/model';
import { compile } from '@/lib/policies/compile';
import type { CompiledSet, Exemption } from '@/lib/policies/compiled-model';
import { sources } from '@/lib/replay/store';

/** The sets a stored decision was judged by, compiled again from their stored sources. */
export interface PastSets {
  /** Reads the sources that these traces name and that are not known yet. */
  learn(traces: Trace[]): Promise<void>;
  of(trace: Trace): CompiledSet[];
  sourceOf(hash: string): string | undefined;
}

/** Exemptions that mattered to a decision stand in its trace. */
const exemptionsOf = (trace: Trace, set: string): Exemption[] =>
  trace.rules.flatMap((rule) =>
    rule.set === set && rule.exempt
      ? [
          {
            id: rule.exempt,
            rule: rule.id,
            scope: 'identity' as const,
            subjectId: trace.identity.id,
            untilMs: Number.MAX_SAFE_INTEGER,
          },
        ]
      : [],
  );

export function pastSets(): PastSets {
  const texts = new Map<string, string>();
  const compiled = new Map<string, CompiledSet>();
  return {
    async learn(traces) {
      const hashes = [...new Set(traces.flatMap((trace) => trace.sets.map((set) => set.hash)))];
      const missing = hashes.filter((hash) => !texts.has(hash));
      if (missing.length) for (const [hash, source] of await sources(missing)) texts.set(hash, source);
    },
    of: (trace) =>
      trace.sets.map(({ name, version, hash, mode }) => {
        const exemptions = exemptionsOf(trace, name);
        const key = `${hash} ${version} ${mode} ${JSON.stringify(exemptions)}`;
        let set = compiled.get(key);
        if (!set) {
          const source = texts.get(hash) ?? null;
          set = compile({ version, hash, source, mode, exemptions, ...(mode === 'shadow' ? { state: 'shadow' } : {}) });
          compiled.set(key, set);
        }
        return set;
      }),
    sourceOf: (hash) => texts.get(hash),
  };
}
