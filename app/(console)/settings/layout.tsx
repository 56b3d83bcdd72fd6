import type { ReactNode } from 'react';
import { SettingsNav } from '@/components/settings/settings-nav';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const { actor } = await currentOperator();
  return (
    <>
      <SettingsNav manages={{ operators: may(actor, 'operator.manage'), tokens: may(actor, 'token.manage') }} />
      {children}
    </>
  );
}
