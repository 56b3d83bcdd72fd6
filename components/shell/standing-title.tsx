'use client';

import { usePathname } from 'next/navigation';
import { useLayoutEffect } from 'react';
import { entryOf } from '@/components/shell/navigation';

/**
 * Stands behind the page's own title. Next takes the old page's title away together with the page and mounts the new one's by
 * itself, a moment later: without this the document has no name meanwhile, and a screen reader none to announce. The first
 * `<title>` in the head counts and React puts each before those that are there, so this one, the last, is only the name where
 * there is no other. It says what will be said: the section, or below it the page's heading.
 */
export function StandingTitle() {
  const pathname = usePathname();
  useLayoutEffect(() => {
    const entry = entryOf(pathname);
    const heading = entry?.href === pathname ? null : document.querySelector('h1')?.textContent;
    const title = document.createElement('title');
    title.textContent = [heading || entry?.label, 'Braid'].filter(Boolean).join(' · ');
    document.head.append(title);
    return () => title.remove();
  }, [pathname]);
  return null;
}
