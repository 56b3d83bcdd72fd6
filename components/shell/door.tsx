import type { ReactNode } from 'react';
import { BrandMark } from '@/components/shell/brand';
import classes from '@/components/shell/shell.module.css';
import ui from '@/components/ui/ui.module.css';

/** The frame of the pages before one is signed in. */
export function Door({ title, sub, children }: { title: string; sub: ReactNode; children?: ReactNode }) {
  return (
    <main className={classes.door}>
      <div className={classes.doorBox}>
        <BrandMark size={34} />
        <h1 className={ui.title} style={{ marginTop: 12 }}>
          {title}
        </h1>
        <p className={ui.sub} style={{ marginBottom: 20 }}>
          {sub}
        </p>
        {children}
      </div>
    </main>
  );
}
