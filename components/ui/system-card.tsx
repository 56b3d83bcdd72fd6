import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/ui/system-card.module.css';

interface SystemCardHeadProps {
  /** With its badges. */
  name: ReactNode;
  /** Where it points. */
  target: ReactNode;
  /** Buttons; null: this operator may not. */
  actions: ReactNode;
  /** Under a page's heading, or under a section's. */
  level?: 2 | 3;
}

/** What another system is called here, where it is, and what can be done with it. */
export function SystemCardHead({ name, target, actions, level = 2 }: SystemCardHeadProps) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <div className={classes.head}>
      <div className={classes.who}>
        <Heading className={classes.name}>{name}</Heading>
        <div className={classes.target}>{target}</div>
      </div>
      {actions ? <Group gap="xs">{actions}</Group> : null}
    </div>
  );
}

interface SystemSaidProps {
  tone?: 'red' | 'green' | undefined;
  /** It answers what was just asked for: read out at once. */
  live?: boolean;
  children: ReactNode;
}

/** What the system said, or what is amiss with it. */
export function SystemSaid({ tone, live, children }: SystemSaidProps) {
  return (
    <div className={classes.said} data-tone={tone} role={live ? 'status' : undefined}>
      {children}
    </div>
  );
}

export interface SystemNumber {
  /** Where the term is no text. */
  key?: string;
  term: ReactNode;
  value: ReactNode;
  /** One of the figures that are looked at first. */
  lead?: boolean;
}

/** Its figures, beside each other as far as there is room. */
export function SystemNumbers({ numbers, label }: { numbers: SystemNumber[]; label?: string }) {
  return (
    <dl className={classes.numbers} aria-label={label}>
      {numbers.map(({ key, term, value, lead }) => (
        <div key={key ?? String(term)}>
          <dt>{term}</dt>
          <dd data-lead={lead}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
