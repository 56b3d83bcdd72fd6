import { redirect } from 'next/navigation';
import { currentOperator } from '@/lib/access/operator';

/** A system's address: its card among all of them. */
export default async function ConnectorPage({ params }: { params: Promise<{ id: string }> }) {
  await currentOperator();
  redirect(`/connectors#${encodeURIComponent((await params).id)}`);
}
