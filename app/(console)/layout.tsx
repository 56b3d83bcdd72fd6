import type { ReactNode } from 'react';
import { signOut } from '@/app/(console)/actions';
import { endGrant } from '@/app/(console)/settings/grants/actions';
import { RevocationDialogHost } from '@/components/revocations/dialog-host';
import { Shell } from '@/components/shell/shell';
import { current } from '@/lib/access/grants/current';
import { currentOperator } from '@/lib/access/operator';
import { summarise } from '@/lib/shell/summarise';

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await currentOperator();
  const { name } = ctx.actor;
  const [access, summary] = await Promise.all([current(ctx), summarise(ctx)]);
  return (
    <Shell
      operator={{ name, email: ctx.email }}
      access={access}
      summary={summary}
      giveBack={endGrant}
      signOut={signOut}
    >
      <RevocationDialogHost>{children}</RevocationDialogHost>
    </Shell>
  );
}
