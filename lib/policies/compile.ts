import { BraidError } from '@/lib/platform/errors';
import { check } from '@/lib/policies/check';
import { compileDocument } from '@/lib/policies/compile-document';
import type { CompiledSet } from '@/lib/policies/compiled-model';

/** Compiled sets by hash of their source: what is compiled may be kept, which set is active never is. */
const compiled = new Map<string, Omit<CompiledSet, 'version' | 'hash'>>();
const MAX_KEPT = 200;

export const isCompiled = (hash: string): boolean => compiled.has(hash);

/** Compiles one version of a set. Throws `policy.invalid` when what is stored no longer compiles. */
export function compile(row: { version: number; hash: string; source: string | null; mode: string }): CompiledSet {
  let body = compiled.get(row.hash);
  if (!body) {
    const checked = check(row.source ?? '');
    if (!checked.document)
      throw new BraidError('policy.invalid', 'A stored policy set no longer compiles.', { detail: checked.problems });
    body = compileDocument(checked.document, () => undefined);
    if (compiled.size >= MAX_KEPT) compiled.delete(compiled.keys().next().value!);
    compiled.set(row.hash, body);
  }
  return { ...body, version: row.version, hash: row.hash };
}
