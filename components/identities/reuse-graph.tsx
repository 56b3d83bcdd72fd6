'use client';

import { Title } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/identities/reuse.module.css';
import { type Hand, handsOf, heightOf, linesOf, STRIP } from '@/components/identities/reuse-geometry';
import { systemName } from '@/components/sessions/system-name';
import { useApi } from '@/components/ui/use-api';
import { plural } from '@/lib/exposures/format';
import { REUSE_DAYS, type Reuse, type Reused } from '@/lib/sessions/reuse-model';

/** Which credentials are in more than one hand, and whose: one secret in several tools is one blast radius. */
export function ReuseGraph({ identityId }: { identityId: string }) {
  const { data } = useApi<Reuse>(`/identities/${identityId}/reuse`, {}, { everyMs: 30_000 });
  if (!data || data.items.length === 0) return null;
  const reused = data.items.filter((one) => one.reused);
  const alone = data.items.length - reused.length;
  return (
    <section className={classes.reuse} aria-label="Who else was seen with its credentials">
      <Title order={3} fz={14}>
        {reused.length > 0
          ? `${reused.length} ${plural(reused.length, 'credential is', 'credentials are')} in more than one hand`
          : 'No credential is in more than one hand'}
      </Title>
      <span className={classes.sub}>
        Identities, client programs and systems seen with it in the last {REUSE_DAYS} days.
        {reused.length > 0 && alone > 0 ? ` ${alone} more ${plural(alone, 'is', 'are')} used by one only.` : null}
      </span>
      {reused.length > 0 ? <Graph reused={reused} identityId={identityId} /> : null}
      {reused
        .filter((one) => one.scopes.length > 1)
        .map((one) => (
          <p key={one.key} className={classes.scopes}>
            Whoever has <span className={classes.key}>{one.key}</span> may, as its sessions were approved:{' '}
            {one.scopes.join(' · ')}
          </p>
        ))}
    </section>
  );
}

function Graph({ reused, identityId }: { reused: Reused[]; identityId: string }) {
  const [lit, setLit] = useState<{ key?: string; hand?: string }>({});
  const hands = handsOf(reused);
  const height = heightOf(reused, hands);
  const lines = linesOf(reused, hands);
  const isLit = (line: { key: string; hand: string }) => line.key === lit.key || line.hand === lit.hand;
  const keys = new Set(lines.filter(isLit).map((line) => line.key));
  const others = new Set(lines.filter(isLit).map((line) => line.hand));
  const over = (what: typeof lit) => ({
    onMouseEnter: () => setLit(what),
    onMouseLeave: () => setLit({}),
    onFocus: () => setLit(what),
    onBlur: () => setLit({}),
  });
  return (
    <div className={classes.graph}>
      <ul className={classes.side} aria-label="Credentials">
        {reused.map((one) => (
          <li
            key={one.key}
            className={classes.node}
            data-lit={keys.has(one.key) || undefined}
            {...over({ key: one.key })}
          >
            <Link className={classes.key} href={`/sessions?q=${encodeURIComponent(one.key)}`} title={one.key}>
              {one.key}
            </Link>
            <span className={classes.sub}>{wordsOf(one)}</span>
          </li>
        ))}
      </ul>
      <svg className={classes.strip} width={STRIP} height={height} aria-hidden="true">
        {lines.map((line) => (
          <path
            key={`${line.key} ${line.hand}`}
            d={line.path}
            strokeWidth={line.width}
            data-lit={isLit(line) || undefined}
          />
        ))}
      </svg>
      <ul className={classes.side} aria-label="Seen with them">
        {hands.map((hand) => (
          <li
            key={hand.id}
            className={classes.node}
            data-lit={others.has(hand.id) || undefined}
            {...over({ hand: hand.id })}
          >
            <span>
              {hand.tool ?? 'A client that is not named'}{' '}
              <span className={classes.sub}>at {systemName(hand.source)}</span>
            </span>
            <Whose hand={hand} identityId={identityId} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Whose({ hand, identityId }: { hand: Hand; identityId: string }) {
  const sessions = `${hand.sessions} ${plural(hand.sessions, 'session')}${hand.live > 0 ? `, ${hand.live} live` : ''}`;
  if (hand.identityId === identityId) return <span className={classes.sub}>{sessions}</span>;
  return (
    <span className={classes.sub}>
      <Link className={classes.other} href={`/identities/${hand.identityId}?tab=credentials`}>
        as {hand.identityName}
      </Link>
      , {sessions}
    </span>
  );
}

const wordsOf = ({ identities, tools, systems, networks, sessions, live }: Reused): string =>
  [
    identities > 1 ? `${identities} identities` : null,
    tools > 1 ? `${tools} clients` : null,
    systems > 1 ? `${systems} systems` : null,
    networks > 1 ? `${networks} addresses` : null,
    `${sessions} ${plural(sessions, 'session')}${live > 0 ? `, ${live} live` : ''}`,
  ]
    .filter(Boolean)
    .join(' · ');
