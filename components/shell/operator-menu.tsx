'use client';

import { ActionIcon, Button, Popover, Stack, Text } from '@mantine/core';
import { IconLogout, IconSettings, IconShieldUp, IconUserCircle } from '@tabler/icons-react';
import Link from 'next/link';
import { useState } from 'react';
import { useAccess } from '@/components/shell/operator-context';

export interface ShownOperator {
  name: string;
  email: string;
}

export function OperatorMenu({ operator, signOut }: { operator: ShownOperator; signOut: () => Promise<void> }) {
  const [opened, setOpened] = useState(false);
  const { role, open } = useAccess();
  const leave = async () => {
    await signOut();
    window.location.assign('/login'); // the whole page goes, and with it everything it had fetched
  };
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={250}
      withinPortal={false}
      trapFocus
      shadow="md"
    >
      <Popover.Target>
        <ActionIcon size={28} aria-label={`Signed in as ${operator.name}`} onClick={() => setOpened(!opened)}>
          <IconUserCircle size={17} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Your account">
        <Text size="sm" fw={600}>
          {operator.name}
        </Text>
        <Text size="xs" c="dimmed" mb="sm" style={{ overflowWrap: 'anywhere' }}>
          {operator.email} · {role}
          {open?.state === 'live' ? `, for a time ${open.role}` : ''}
        </Text>
        <Stack gap={6}>
          <Button
            component={Link}
            href="/settings/account"
            justify="flex-start"
            leftSection={<IconSettings size={15} aria-hidden />}
            onClick={() => setOpened(false)}
          >
            Password and sign-ins
          </Button>
          {role === 'admin' || open ? null : (
            <Button
              component={Link}
              href="/settings/grants?ask=1"
              justify="flex-start"
              leftSection={<IconShieldUp size={15} aria-hidden />}
              onClick={() => setOpened(false)}
            >
              Ask for a higher role…
            </Button>
          )}
          <Button justify="flex-start" leftSection={<IconLogout size={15} aria-hidden />} onClick={() => void leave()}>
            Sign out
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
