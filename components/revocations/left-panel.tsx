'use client';

import { Button, Text } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { type TakeBack, TakeBackDialog } from '@/components/consents/take-back-dialog';
import classes from '@/components/revocations/revocations.module.css';
import { RevokeButton } from '@/components/revocations/revoke-button';
import { RotateButton } from '@/components/revocations/rotate-button';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { useMay } from '@/components/shell/operator-context';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { ConsentRow } from '@/lib/consents/model';
import type { Page } from '@/lib/http/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { Left, WhatIsLeft } from '@/lib/revocations/left/model';

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
                    ends <When at={one.until} />
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

interface LeftPanelProps {
  revocationId: string;
  identityId: string;
  actions: RevocationActions;
  takeBack: TakeBack;
}

/** Sessions, tokens and delegations that may still be used: ending a login or rotating a secret leaves them alive. */
export function LeftPanel({ revocationId, identityId, actions, takeBack }: LeftPanelProps) {
  const [asked, setAsked] = useState<string>();
  const consents = useApi<Page<ConsentRow>>(
    '/consents',
    { identityId, state: 'given', limit: '200' },
    { enabled: asked !== undefined },
  );
  const left = useApi<WhatIsLeft>(`/revocations/${revocationId}/left`, {}, { everyMs: 5_000 });
  const { data } = left;
  if (!data) return null;
  const count = data.sessions.length + data.tokens.length + data.delegations.length;
  return (
    <Panel title="What may still be used">
      {count ? (
        <dl className={classes.facts}>
          <Group title="Sessions" list={data.sessions} actions={actions} takeBack={setAsked} />
          <Group title="Tokens and keys" list={data.tokens} actions={actions} takeBack={setAsked} />
          <Group title="Delegations" list={data.delegations} actions={actions} takeBack={setAsked} />
        </dl>
      ) : (
        <Text size="sm" c="dimmed">
          No session, token or delegation of it is known to be left.
        </Text>
      )}
      <TakeBackDialog
        consent={consents.data?.items.find((one) => one.id === asked)}
        onClose={() => setAsked(undefined)}
        revoke={takeBack}
        onDone={() => void left.refetch()}
      />
    </Panel>
  );
}
