'use client';

import Link from 'next/link';
import { Fragment } from 'react';
import classes from '@/components/decisions/decisions.module.css';
import { useLocalTime } from '@/components/decisions/use-local-time';
import type { Part } from '@/lib/decisions/format';

/** A sentence from lib/decisions/format or path-sentence: names in mono, the verdict in its colour with the time it fell. */
export function Sentence({ parts }: { parts: Part[] }) {
  const time = useLocalTime();
  return (
    <>
      {parts.map((part, at) => {
        const key = `${at}`;
        if (typeof part === 'string') return <Fragment key={key}>{part}</Fragment>;
        if ('code' in part && part.href)
          return (
            <Link key={key} href={part.href} className={`${classes.mono} ${classes.nameLink}`}>
              {part.code}
            </Link>
          );
        if ('code' in part)
          return (
            <span key={key} className={classes.mono}>
              {part.code}
            </span>
          );
        return (
          <span key={key} className={classes.verdict} data-verdict={part.verdict}>
            {part.text}
            {part.at ? (
              <>
                {' at '}
                <time dateTime={part.at}>{time(part.at)}</time>
              </>
            ) : null}
          </span>
        );
      })}
    </>
  );
}
