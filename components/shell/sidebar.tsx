'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { BrandMark } from '@/components/shell/brand';
import { isCurrent, NAVIGATION, type NavEntry, SETTINGS } from '@/components/shell/navigation';
import classes from '@/components/shell/shell.module.css';
import { Badge } from '@/components/ui/badge';
import { useApi } from '@/components/ui/use-api';
import type { Summary } from '@/lib/shell/model';

function Entry({ entry, summary, onGo }: { entry: NavEntry; summary: Summary; onGo: () => void }) {
  const pathname = usePathname();
  const badge = entry.badge?.(summary);
  return (
    <Link
      href={entry.href}
      className={classes.entry}
      aria-current={isCurrent(entry.href, pathname) ? 'page' : undefined}
      onClick={onGo}
      prefetch={false}
    >
      {entry.label}
      {badge ? <Badge tone={badge.tone}>{badge.text}</Badge> : null}
    </Link>
  );
}

export function Sidebar({ summary, onGo }: { summary: Summary; onGo: () => void }) {
  const { data = summary } = useApi<Summary>('/summary', {}, { initialData: summary });
  return (
    <>
      <Link href="/" className={classes.brand} onClick={onGo}>
        <BrandMark />
        Braid
      </Link>
      <nav aria-label="Main" style={{ flex: 1 }}>
        {NAVIGATION.map(({ group, entries }) => (
          <div key={group ?? 'watch'}>
            {group ? <div className={classes.group}>{group}</div> : null}
            <ul className={classes.list}>
              {entries.map((entry) => (
                <li key={entry.href}>
                  <Entry entry={entry} summary={data} onGo={onGo} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <Entry entry={SETTINGS} summary={data} onGo={onGo} />
    </>
  );
}
