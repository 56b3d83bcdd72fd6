import { redirect } from 'next/navigation';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';

export default async function SettingsPage() {
  const { actor } = await currentOperator();
  redirect(may(actor, 'operator.manage') ? '/settings/operators' : '/settings/account');
}
