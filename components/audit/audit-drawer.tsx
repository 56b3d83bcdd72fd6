'use client';

import { Anchor, Drawer } from '@mantine/core';
import { type ReactNode, useState } from 'react';

/** A word that opens a list beside the page. The list is asked for only then. */
export function AuditDrawer({ label, title, children }: { label: string; title: string; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Anchor component="button" type="button" size="xs" onClick={() => setOpened(true)}>
        {label}
      </Anchor>
      <Drawer opened={opened} onClose={() => setOpened(false)} position="right" size={720} title={title}>
        {opened ? children : null}
      </Drawer>
    </>
  );
}
