import type { ReactNode } from 'react';
import { signOut } from '@/app/(console)/actions';
import { RevocationDialogHost } from '@/components/revocations/dialog-host';
import { Shell } from '@/components/shell/shell';
import { currentOperator } from '@/lib/access/operator';
import { summarise } from '@/lib/shell/summarise';

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await currentOperator();
  const { name, role } = ctx.actor;
  return (
    <Shell operator={{ name, role, email: ctx.email }} summary={await summarise(ctx)} signOut={signOut}>
      <RevocationDialogHost>{children}</RevocationDialogHost>
    </Shell>
  );
}
