'use client';

import { Text } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/revocations/revocations.module.css';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { Left, WhatIsLeft } from '@/lib/revocations/left/model';

function Group({ title, list }: { title: string; list: Left[] }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {list.length ? (
          <ul className={classes.left}>
            {list.map((one) => (
              <li key={`${one.where} ${one.what}`} title={one.why}>
                {one.href ? <Link href={one.href}>{one.what}</Link> : one.what} in {one.where},{' '}
                {one.until ? (
                  <>
                    ends <When at={one.until} />
                  </>
                ) : (
                  'no end known'
                )}
              </li>
            ))}
          </ul>
        ) : (
          'none on record'
        )}
      </dd>
    </>
  );
}

/** Sessions, tokens and delegations that may still be used: ending a login or rotating a secret leaves them alive. */
export function LeftPanel({ revocationId }: { revocationId: string }) {
  const { data } = useApi<WhatIsLeft>(`/revocations/${revocationId}/left`, {}, { everyMs: 5_000 });
  if (!data) return null;
  const count = data.sessions.length + data.tokens.length + data.delegations.length;
  return (
    <Panel title="What may still be used" note={count ? 'Braid denies it at the decision point' : undefined}>
      {count ? (
        <dl className={classes.facts}>
          <Group title="Sessions" list={data.sessions} />
          <Group title="Tokens and keys" list={data.tokens} />
          <Group title="Delegations" list={data.delegations} />
        </dl>
      ) : (
        <Text size="sm" c="dimmed">
          No session, token or delegation of it is known to be left.
        </Text>
      )}
    </Panel>
  );
}
