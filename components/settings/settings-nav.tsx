'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import classes from '@/components/settings/settings.module.css';
import { Crumb } from '@/components/shell/crumbs';

const TABS = [
  { href: '/settings/operators', label: 'Operators', needs: 'operators' },
  { href: '/settings/tokens', label: 'API tokens', needs: 'tokens' },
  { href: '/settings/notifications', label: 'Notifications', needs: null },
  { href: '/settings/signals', label: 'Shared signals', needs: null },
  { href: '/settings/responses', label: 'Automatic response', needs: null },
  { href: '/settings/mappings', label: 'Mappings', needs: null },
  { href: '/settings/zones', label: 'Zones', needs: null },
  { href: '/settings/sessions', label: 'Abandoned sessions', needs: null },
  { href: '/settings/account', label: 'Your account', needs: null },
] as const;

export function SettingsNav({ manages }: { manages: { operators: boolean; tokens: boolean } }) {
  const pathname = usePathname();
  const shown = TABS.filter((tab) => tab.needs === null || manages[tab.needs]);
  const current = shown.find((tab) => tab.href === pathname);
  return (
    <nav aria-label="Settings">
      {current ? <Crumb parts={[{ label: current.label }]} /> : null}
      <ul className={classes.tabs}>
        {shown.map((tab) => (
          <li key={tab.href}>
            <Link href={tab.href} className={classes.tab} aria-current={tab === current ? 'page' : undefined}>
              {tab.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
