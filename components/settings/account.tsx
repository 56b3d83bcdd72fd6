'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useRouter } from 'next/navigation';
import { PasswordForm } from '@/components/settings/password-form';
import classes from '@/components/settings/settings.module.css';
import { Badge } from '@/components/ui/badge';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import ui from '@/components/ui/ui.module.css';
import { When } from '@/components/ui/when';
import type { ChangeOwnPasswordInput, EndOperatorSessionInput, OwnSessionRow } from '@/lib/access/model';
import type { ActionResult } from '@/lib/http/model';

interface AccountProps {
  email: string;
  role: string;
  sessions: OwnSessionRow[];
  changePassword: (input: ChangeOwnPasswordInput) => Promise<ActionResult<{ sessionsEnded: number }>>;
  endSession: (input: EndOperatorSessionInput) => Promise<ActionResult<void>>;
}

/** "Chrome on macOS" out of a browser's own long description. */
const browserOf = (agent: string | null): string => {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent ?? '')?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|Linux)/.exec(agent ?? '')?.[1];
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' };
  if (!browser) return agent?.slice(0, 40) || 'unknown';
  return `${names[browser] ?? browser}${system ? ` on ${names[system] ?? system}` : ''}`;
};

export function Account({ email, role, sessions, changePassword, endSession }: AccountProps) {
  const router = useRouter();
  const end = async (id: string) => {
    const { error } = await endSession({ id });
    notifications.show(error ? { message: error.message, color: 'red' } : { message: 'That session has ended.' });
    router.refresh();
  };
  const places = sessions.length === 1 ? 'on this browser only' : `${sessions.length} times over`;
  return (
    <>
      <PageHeader title={`You are signed in ${places}.`} sub={`${email} · ${role}`} />
      <div className={classes.columns}>
        <Panel title="Password">
          <PasswordForm change={changePassword} onChanged={() => router.refresh()} />
        </Panel>
        <Panel title="Where you are signed in" note="a session ends after 12 hours" flush>
          <DataList
            caption="Your sessions"
            rows={sessions}
            rowKey={(row) => row.id}
            empty={<EmptyState title="Nowhere" />}
            columns={[
              {
                key: 'browser',
                header: 'Browser',
                cell: (row) => (
                  <>
                    {browserOf(row.userAgent)} {row.current ? <Badge tone="green">this one</Badge> : null}
                  </>
                ),
              },
              { key: 'ip', header: 'Address', cell: (row) => <span className={ui.mono}>{row.ip ?? '–'}</span> },
              { key: 'since', header: 'Signed in', cell: (row) => <When at={row.createdAt} /> },
              { key: 'seen', header: 'Last active', cell: (row) => <When at={row.lastSeenAt} /> },
              { key: 'ends', header: 'Ends', cell: (row) => <When at={row.expiresAt} /> },
              {
                key: 'end',
                header: '',
                align: 'right',
                cell: (row) =>
                  row.current ? null : (
                    <Button size="compact-sm" onClick={() => void end(row.id)}>
                      End
                    </Button>
                  ),
              },
            ]}
          />
        </Panel>
      </div>
    </>
  );
}
