'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import classes from '@/components/settings/settings.module.css';
import { Crumb } from '@/components/shell/crumbs';
import { SETTINGS_PAGES } from '@/components/shell/navigation';

export function SettingsNav({ manages }: { manages: { operators: boolean; tokens: boolean } }) {
  const pathname = usePathname();
  const shown = SETTINGS_PAGES.filter((tab) => tab.needs === null || manages[tab.needs]);
  const current = shown.find((tab) => tab.href === pathname);
  const section = current ?? shown.find((tab) => pathname.startsWith(`${tab.href}/`));
  return (
    <nav aria-label="Settings">
      {current ? <Crumb parts={[{ label: current.label }]} /> : null}
      <ul className={classes.tabs}>
        {shown.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              className={classes.tab}
              aria-current={tab === current ? 'page' : tab === section ? 'true' : undefined}
            >
              {tab.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
