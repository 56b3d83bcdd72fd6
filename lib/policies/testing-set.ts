import { sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import type { CompiledSet } from '@/lib/policies/compiled-model';

/** A set as it is judged. Throws `policy.invalid` where it does not compile. */
export const compiledSet = (source: string, more: Partial<CompiledSet> = {}): CompiledSet => ({
  ...compile({ version: 1, hash: sha256Hex(source), source, mode: 'enforce' }),
  ...more,
});
