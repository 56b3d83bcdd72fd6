import type { Metadata } from 'next';
import { changeOwnPassword, endOperatorSession } from '@/app/(console)/settings/actions';
import { Account } from '@/components/settings/account';
import { listOwnSessions } from '@/lib/access/list-own-sessions';
import { currentOperator } from '@/lib/access/operator';

export const metadata: Metadata = { title: 'Your account' };

export default async function AccountPage() {
  const ctx = await currentOperator();
  return (
    <Account
      email={ctx.email}
      role={ctx.actor.role}
      sessions={await listOwnSessions(ctx, ctx.sessionId)}
      changePassword={changeOwnPassword}
      endSession={endOperatorSession}
    />
  );
}
