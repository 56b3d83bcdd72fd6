import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { editorActions } from '@/app/(console)/policies/bundle';
import { PolicyEditor } from '@/components/policies/editor/policy-editor';
import { TemplateList } from '@/components/policies/template-list';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';
import { openDraft } from '@/lib/policies/open-draft';
import { templates } from '@/lib/policies/templates';

export const metadata: Metadata = { title: 'New policy set' };

const EMPTY = { name: 'empty', source: 'set: new-set\ndefault: allow\nmeters: {}\nrules: []\n', tests: [] };

export default async function NewPolicyPage({ searchParams }: { searchParams: Promise<{ template?: string }> }) {
  const ctx = await currentOperator();
  if (!may(ctx.actor, 'policy.manage')) redirect('/policies');
  const { template } = await searchParams;
  const all = templates(ctx);
  const chosen = template === EMPTY.name ? EMPTY : all.find((one) => one.name === template);
  if (!chosen) return <TemplateList templates={all} />;
  const { name, source, tests } = chosen;
  const opened = await openDraft(ctx, { name });
  if (opened?.draft.revision) redirect(`/policies/${name}/edit`); // somebody has begun already
  const active = opened?.active ?? null;
  const baseVersion = active?.version ?? null;
  const draft = { name, source, tests, baseVersion, revision: null, updatedAt: null, updatedBy: null };
  return <PolicyEditor key={name} draft={draft} active={active} isNew actions={editorActions} />;
}
