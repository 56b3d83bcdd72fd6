'use client';

import { ActionIcon, Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { NewOperator } from '@/components/settings/new-operator';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { type CreateOperatorInput, type OperatorRow, ROLES, type UpdateOperatorInput } from '@/lib/access/model';
import type { ActionResult, Page } from '@/lib/http/model';

interface OperatorListProps {
  initial: Page<OperatorRow>;
  self: string;
  create: (input: CreateOperatorInput) => Promise<ActionResult<OperatorRow>>;
  update: (input: UpdateOperatorInput) => Promise<ActionResult<OperatorRow>>;
}

const sentence = (rows: OperatorRow[], more: boolean): string => {
  const active = rows.filter((row) => row.state === 'active');
  const admins = active.filter((row) => row.role === 'admin').length;
  if (active.length === 1) return 'One operator can sign in, an administrator.';
  return `${active.length}${more ? ' or more' : ''} operators can sign in, ${admins} of them as administrator.`;
};

export function OperatorList({ initial, self, create, update }: OperatorListProps) {
  const list = useInfiniteApi<OperatorRow>('/operators', {}, initial);
  const [adding, setAdding] = useState(false);
  const [disabling, setDisabling] = useState<OperatorRow>();
  const change = async (input: UpdateOperatorInput, done: string) => {
    const result = await update(input);
    if (!result.error) {
      notifications.show({ message: done });
      list.retry();
    }
    return result;
  };
  const changeOrSay = async (input: UpdateOperatorInput, done: string) => {
    const { error } = await change(input, done);
    if (error) notifications.show({ message: error.message, color: 'red' });
  };
  const actions = (row: OperatorRow) => (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Change ${row.name}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Role</Menu.Label>
        {ROLES.map((role) => (
          <Menu.Item
            key={role}
            disabled={role === row.role}
            onClick={() => void changeOrSay({ id: row.id, role }, `${row.name} is ${role} from the next call on.`)}
          >
            {role}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {row.state === 'active' ? (
          <Menu.Item c="var(--b-red)" onClick={() => setDisabling(row)}>
            Disable…
          </Menu.Item>
        ) : (
          <Menu.Item
            onClick={() => void changeOrSay({ id: row.id, state: 'active' }, `${row.name} can sign in again.`)}
          >
            Enable
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <>
      <PageHeader
        title={sentence(list.rows, Boolean(list.more))}
        sub="Viewers read. Analysts add findings and notes. Responders end, pause, revoke and restore. Administrators manage all of it."
        actions={
          <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
            Add operator
          </Button>
        }
      />
      <Panel flush>
        <DataList
          caption="Operators"
          list={list}
          rowKey={(row) => row.id}
          empty={<EmptyState title="There are no operators" />}
          columns={[
            {
              key: 'name',
              header: 'Name',
              cell: (row) => (
                <>
                  {row.name} {row.id === self ? <Badge>you</Badge> : null}
                </>
              ),
            },
            { key: 'email', header: 'E-mail', cell: (row) => row.email },
            { key: 'role', header: 'Role', cell: (row) => row.role },
            { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} /> },
            { key: 'last', header: 'Last sign-in', cell: (row) => <When at={row.lastSignInAt} never="never" /> },
            { key: 'since', header: 'Added', cell: (row) => <When at={row.createdAt} /> },
            { key: 'actions', header: '', align: 'right', width: 56, cell: actions },
          ]}
        />
      </Panel>
      <NewOperator opened={adding} onClose={() => setAdding(false)} create={create} onCreated={list.retry} />
      <ConfirmDialog
        opened={disabling !== undefined}
        onClose={() => setDisabling(undefined)}
        title={`Disable ${disabling?.name ?? ''}`}
        confirm={`Disable ${disabling?.name ?? ''}`}
        onConfirm={() =>
          change({ id: disabling?.id ?? '', state: 'disabled' }, `${disabling?.name} is disabled and signed out.`)
        }
      >
        All sessions of {disabling?.email} end at once, and they can’t sign in until somebody enables them again. API
        tokens they made keep working.
      </ConfirmDialog>
    </>
  );
}
