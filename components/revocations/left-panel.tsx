'use client';

import { Button, Text } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { type TakeBack, TakeBackDialog } from '@/components/consents/take-back-dialog';
import { LeftGraph } from '@/components/revocations/left-graph';
import classes from '@/components/revocations/revocations.module.css';
import { RevokeButton } from '@/components/revocations/revoke-button';
import { RotateButton } from '@/components/revocations/rotate-button';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { useMay } from '@/components/shell/operator-context';
import { Countdown } from '@/components/ui/countdown';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import type { ConsentRow } from '@/lib/consents/model';
import type { Page } from '@/lib/http/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { Left, LeftLists, WhatIsLeft } from '@/lib/revocations/left/model';

interface ActProps {
  one: Left;
  actions: RevocationActions;
  takeBack: (consentId: string) => void;
}

/** The one act that ends it, for who may do it. */
function Act({ one: { act, what }, actions, takeBack }: ActProps) {
  const mayEnd = useMay('session.terminate');
  const mayRotate = useMay('identity.rotate');
  const mayRevoke = useMay('identity.revoke');
  if (!act) return null;
  switch (act.kind) {
    case 'terminate': {
      const sessions = [{ id: act.sessionId, label: act.label, identityName: act.identityName }];
      return <TerminateButton actions={actions} sessions={sessions} may={mayEnd} size="xs" named />;
    }
    case 'rotate':
      return <RotateButton actions={actions} identity={{ ...act, id: act.identityId }} may={mayRotate} size="xs" />;
    case 'revoke':
      return (
        <RevokeButton actions={actions} identity={{ ...act, id: act.identityId }} may={mayRevoke} size="xs" beside />
      );
    case 'take_back':
      return mayRevoke ? (
        <Button size="xs" onClick={() => takeBack(act.consentId)} aria-label={`Take back: ${what}`}>
          Take back…
        </Button>
      ) : null;
  }
}

function Group({ title, list, ...how }: { title: string; list: Left[] } & Omit<ActProps, 'one'>) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {list.length ? (
          <ul className={classes.left}>
            {list.map((one) => (
              <li key={`${one.where} ${one.what} ${one.href}`}>
                {one.href ? <Link href={one.href}>{one.what}</Link> : one.what} in {one.where},{' '}
                {one.until ? (
                  <>
                    ends in <Countdown to={one.until} />
                  </>
                ) : (
                  'no end known'
                )}
                <Text size="xs" c="dimmed">
                  {one.why}
                </Text>
                <Act one={one} {...how} />
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

const countOf = ({ sessions, tokens, delegations }: LeftLists): number =>
  sessions.length + tokens.length + delegations.length;

function Lists({ lists, ...how }: { lists: LeftLists } & Omit<ActProps, 'one'>) {
  return (
    <dl className={classes.facts}>
      <Group title="Sessions" list={lists.sessions} {...how} />
      <Group title="Tokens and keys" list={lists.tokens} {...how} />
      <Group title="Delegations" list={lists.delegations} {...how} />
    </dl>
  );
}

interface LeftPanelProps {
  revocationId: string;
  identityId: string;
  identityName: string;
  /** What it was about, in the words of the panel: "these sessions". */
  about: string;
  actions: RevocationActions;
  takeBack: TakeBack;
}

/**
 * Sessions, tokens and delegations that may still be used: ending a login or rotating a secret leaves them alive. What else the
 * identity has open is no part of this, and folded.
 */
export function LeftPanel({ revocationId, identityId, identityName, about, actions, takeBack }: LeftPanelProps) {
  const [asked, setAsked] = useState<string>();
  const consents = useApi<Page<ConsentRow>>(
    '/consents',
    { identityId, state: 'given', limit: '200' },
    { enabled: asked !== undefined },
  );
  const left = useApi<WhatIsLeft>(`/revocations/${revocationId}/left`, {}, { everyMs: 5_000 });
  const { data } = left;
  if (!data) return null;
  const how = { actions, takeBack: setAsked };
  const beside = countOf(data.beside);
  return (
    <Panel title="What may still be used">
      {countOf(data) ? (
        <>
          <LeftGraph name={identityName} lists={data} at={data.at} />
          <Lists lists={data} {...how} />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          No session, token or delegation of {about} is known to be left.
        </Text>
      )}
      {beside ? (
        <details className={classes.beside}>
          <summary>
            {identityName} has {beside} more open, which this was not about
          </summary>
          <Lists lists={data.beside} {...how} />
        </details>
      ) : null}
      <TakeBackDialog
        consent={consents.data?.items.find((one) => one.id === asked)}
        onClose={() => setAsked(undefined)}
        revoke={takeBack}
        onDone={() => void left.refetch()}
      />
    </Panel>
  );
}
