'use client';

import { AppShell, Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Crumbs, CrumbsProvider } from '@/components/shell/crumbs';
import { Live } from '@/components/shell/live';
import { LiveIndicator } from '@/components/shell/live-indicator';
import { OperatorAccess } from '@/components/shell/operator-context';
import { OperatorMenu, type ShownOperator } from '@/components/shell/operator-menu';
import { RoleForATime } from '@/components/shell/role-for-a-time';
import { SchemeSwitch } from '@/components/shell/scheme-switch';
import { Search } from '@/components/shell/search';
import classes from '@/components/shell/shell.module.css';
import { Sidebar } from '@/components/shell/sidebar';
import { StandingTitle } from '@/components/shell/standing-title';
import { SessionColours } from '@/components/ui/session-colours';
import type { CurrentAccess, EndGrantInput, GrantRow } from '@/lib/access/grants/model';
import type { ActionResult } from '@/lib/http/model';
import type { Summary } from '@/lib/shell/model';

interface ShellProps {
  operator: ShownOperator;
  access: CurrentAccess;
  summary: Summary;
  giveBack: (input: EndGrantInput) => Promise<ActionResult<GrantRow>>;
  signOut: () => Promise<void>;
  children: ReactNode;
}

/** The frame around every page of a signed-in operator. */
export function Shell({ operator, access, summary, giveBack, signOut, children }: ShellProps) {
  const [opened, { toggle, close }] = useDisclosure();
  return (
    <Live>
      <CrumbsProvider>
        <OperatorAccess initial={access}>
          <StandingTitle />
          <a href="#content" className={classes.skip}>
            Skip to the content
          </a>
          <AppShell
            layout="alt"
            header={{ height: 50 }}
            navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
            padding={0}
          >
            <AppShell.Navbar className={classes.navbar}>
              <Sidebar summary={summary} onGo={close} />
            </AppShell.Navbar>
            <AppShell.Header className={classes.header}>
              <div className={classes.crumbs}>
                <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Show or hide the menu" />
                <Crumbs />
              </div>
              <div className={classes.tools}>
                <LiveIndicator />
                <Search />
                <SchemeSwitch />
                <OperatorMenu operator={operator} signOut={signOut} />
              </div>
            </AppShell.Header>
            <AppShell.Main className={classes.main} id="content">
              <RoleForATime giveBack={giveBack} />
              <div className={classes.content}>
                <SessionColours>{children}</SessionColours>
              </div>
            </AppShell.Main>
          </AppShell>
        </OperatorAccess>
      </CrumbsProvider>
    </Live>
  );
}
