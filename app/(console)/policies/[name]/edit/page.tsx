import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { editorActions } from '@/app/(console)/policies/bundle';
import { PolicyEditor } from '@/components/policies/editor/policy-editor';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';
import { nameSchema } from '@/lib/policies/model';
import { openDraft } from '@/lib/policies/open-draft';

interface EditPageProps {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: EditPageProps): Promise<Metadata> {
  return { title: `Edit ${(await params).name}` };
}

export default async function EditPolicyPage({ params }: EditPageProps) {
  const ctx = await currentOperator();
  const { name } = await params;
  if (!nameSchema.safeParse(name).success) notFound();
  if (!may(ctx.actor, 'policy.manage')) redirect(`/policies/${name}`);
  const opened = await openDraft(ctx, { name });
  if (!opened) notFound();
  return <PolicyEditor key={name} {...opened} isNew={false} actions={editorActions} />;
}
