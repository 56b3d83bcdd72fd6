import type { ReactNode } from 'react';
import classes from '@/components/ui/ui.module.css';

interface PanelProps {
  /** What a link to `#id` comes to. */
  id?: string;
  title?: ReactNode;
  /** Beside the title: units, what is sorted how, a link. */
  note?: ReactNode;
  /** No padding around the children: for a DataList. */
  flush?: boolean;
  children: ReactNode;
}

export function Panel({ id, title, note, flush, children }: PanelProps) {
  return (
    <section id={id} className={classes.panel}>
      {title ? (
        <div className={classes.panelHead}>
          <h2 className={classes.panelTitle}>{title}</h2>
          {note ? <div className={classes.panelNote}>{note}</div> : null}
        </div>
      ) : null}
      <div className={classes.panelBody} data-flush={flush || undefined} data-bare={(!title && !flush) || undefined}>
        {children}
      </div>
    </section>
  );
}
