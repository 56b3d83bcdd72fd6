import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Draft, TestFile } from '@/lib/policies/life-model';
import { draftNameSchema } from '@/lib/policies/life-model';
import { draftOf, rows } from '@/lib/policies/store';

export interface OpenedDraft {
  draft: Draft;
  /** What is active now; null: nothing of that name. */
  active: { version: number; source: string; tests: TestFile[] } | null;
}

/** The draft of a set, or the active (else newest) version to begin one with. null: there is neither. */
export async function openDraft(ctx: Ctx, input: { name: string }): Promise<OpenedDraft | null> {
  authorise(ctx, 'policy.manage');
  const { name } = draftNameSchema.parse(input);
  const [stored, versions] = await Promise.all([draftOf(name), rows({ name })]);
  const active = versions.find((row) => row.state === 'active') ?? null;
  const base = active ?? versions[0] ?? null;
  const standing = active && { version: active.version, source: active.source, tests: filesOf(active.tests) };
  if (stored)
    return {
      draft: {
        name,
        source: stored.source,
        tests: filesOf(stored.tests),
        baseVersion: stored.baseVersion,
        revision: stored.revision,
        updatedAt: stored.updatedAt.toISOString(),
        updatedBy: stored.updatedBy,
      },
      active: standing,
    };
  if (!base) return null;
  const tests = filesOf(base.tests);
  const draft = {
    name,
    source: base.source,
    tests,
    baseVersion: base.version,
    revision: null,
    updatedAt: null,
    updatedBy: null,
  };
  return { draft, active: standing };
}

const filesOf = (stored: unknown): TestFile[] => (Array.isArray(stored) ? (stored as TestFile[]) : []);
