'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { entryOf } from '@/components/shell/navigation';
import classes from '@/components/shell/shell.module.css';

export interface CrumbPart {
  label: string;
  href?: string;
  /** An identifier or a name as the system writes it. */
  mono?: boolean;
}

const Parts = createContext<{ parts: CrumbPart[]; set: (parts: CrumbPart[]) => void }>({
  parts: [],
  set: () => undefined,
});

export function CrumbsProvider({ children }: { children: ReactNode }) {
  const [parts, set] = useState<CrumbPart[]>([]);
  return <Parts.Provider value={{ parts, set }}>{children}</Parts.Provider>;
}

/** Put on a page below a section: what follows the section's name in the header. Draws nothing itself. */
export function Crumb({ parts }: { parts: CrumbPart[] }) {
  const { set } = useContext(Parts);
  const key = JSON.stringify(parts);
  useEffect(() => {
    set(JSON.parse(key) as CrumbPart[]);
    return () => set([]);
  }, [key, set]);
  return null;
}

export function Crumbs() {
  const pathname = usePathname();
  const { parts } = useContext(Parts);
  const entry = entryOf(pathname);
  const all: CrumbPart[] = [...(entry ? [{ label: entry.label, href: entry.href }] : []), ...parts];
  return (
    <nav aria-label="Where you are" className={classes.crumbs}>
      <ol>
        {all.map((part, at) => {
          const last = at === all.length - 1;
          return (
            <li
              key={part.label}
              className={part.mono ? classes.mono : undefined}
              aria-current={last ? 'page' : undefined}
            >
              {part.href && !last ? <Link href={part.href}>{part.label}</Link> : part.label}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
