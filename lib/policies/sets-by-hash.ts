import { compile, isCompiled } from '@/lib/policies/compile';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import { sourcesByHash } from '@/lib/policies/store';

/**
 * Policy sets by the hash of their source, whether active or long retired; what is not there is left out. Their version and
 * mode are not told by a hash: whoever needs them knows them.
 */
export async function setsByHash(hashes: Iterable<string>): Promise<CompiledSet[]> {
  const wanted = [...new Set(hashes)];
  const missing = wanted.filter((hash) => !isCompiled(hash));
  const sources = missing.length ? await sourcesByHash(missing) : new Map<string, string>();
  return wanted.flatMap((hash) => {
    const source = sources.get(hash) ?? null;
    if (source === null && !isCompiled(hash)) return [];
    return [compile({ version: 0, hash, source, mode: 'enforce' })];
  });
}
