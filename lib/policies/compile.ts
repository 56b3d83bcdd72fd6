import { BraidError } from '@/lib/platform/errors';
import { check } from '@/lib/policies/check';
import { compileDocument } from '@/lib/policies/compile-document';
import type { CompiledSet, Exemption } from '@/lib/policies/compiled-model';

/** Compiled sets by hash of their source: what is compiled may be kept, which set is active never is. */
const compiled = new Map<string, Omit<CompiledSet, 'version' | 'hash'>>();
const MAX_KEPT = 200;

export const isCompiled = (hash: string): boolean => compiled.has(hash);

interface Compilable {
  version: number;
  hash: string;
  source: string | null;
  mode: string;
  /** `shadow`: judged beside the active version of its name; it decides nothing, whatever its source says. */
  state?: string;
  exemptions?: readonly Exemption[] | null;
}

/** Compiles one version of a set. Throws `policy.invalid` when what is stored no longer compiles. */
export function compile(row: Compilable): CompiledSet {
  let body = compiled.get(row.hash);
  if (!body) {
    const checked = check(row.source ?? '');
    if (!checked.document)
      throw new BraidError('policy.invalid', 'A stored policy set no longer compiles.', { detail: checked.problems });
    body = compileDocument(checked.document, () => undefined);
    if (compiled.size >= MAX_KEPT) compiled.delete(compiled.keys().next().value!);
    compiled.set(row.hash, body);
  }
  const set: CompiledSet = { ...body, version: row.version, hash: row.hash };
  if (row.exemptions?.length) set.exemptions = row.exemptions;
  if (row.state !== 'shadow') return set;
  return { ...set, mode: 'shadow', rules: body.rules.map((rule) => ({ ...rule, shadow: true })) };
}
