'use client';

import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconLogout, IconSettings, IconUserCircle } from '@tabler/icons-react';
import Link from 'next/link';
import type { Role } from '@/lib/access/model';

export interface ShownOperator {
  name: string;
  email: string;
  role: Role;
}

export function OperatorMenu({ operator, signOut }: { operator: ShownOperator; signOut: () => Promise<void> }) {
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon size={28} aria-label={`Signed in as ${operator.name}`}>
          <IconUserCircle size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="sm" fw={600} px="sm" pt={6}>
          {operator.name}
        </Text>
        <Text size="xs" c="dimmed" px="sm" pb={8} style={{ overflowWrap: 'anywhere' }}>
          {operator.email} · {operator.role}
        </Text>
        <Menu.Divider />
        <Menu.Item component={Link} href="/settings/account" leftSection={<IconSettings size={15} aria-hidden />}>
          Password and sign-ins
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()} leftSection={<IconLogout size={15} aria-hidden />}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
