'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { ActsDialog } from '@/components/signals/acts-dialog';
import classes from '@/components/signals/signals.module.css';
import { useRun } from '@/components/signals/use-run';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { SystemCardHead, SystemNumbers, SystemSaid } from '@/components/ui/system-card';
import { When } from '@/components/ui/when';
import type { SignalActions, SourceRow } from '@/lib/signals/model';

const WORDS: Record<string, string> = {
  end: 'its sessions end',
  pause: 'the identity is paused',
  revoke: 'the identity is revoked',
  note: 'it is noted',
};
const OF: [keyof SourceRow['acts'], string][] = [
  ['sessions', 'Session or credential revoked'],
  ['account', 'Account disabled'],
  ['compromise', 'Credential compromised'],
  ['risk', 'Risk HIGH'],
  ['device', 'Device not compliant'],
  ['claims', 'Claims changed'],
];

/** What follows from what it says, in a sentence. */
const actsText = (acts: SourceRow['acts']): string =>
  `${OF.map(([name, what]) => `${what}: ${WORDS[String(acts[name])]}`).join(' · ')}${acts.playbook ? ' · starts a playbook' : ''}`;

/** A system Braid listens to. */
export function SourceCard({ row, actions, may }: { row: SourceRow; actions: SignalActions; may: boolean }) {
  const [removing, setRemoving] = useState(false);
  const [changing, setChanging] = useState(false);
  const { run, busy } = useRun();
  const { id, state } = row;
  const next = state === 'enabled' ? 'paused' : 'enabled';
  const those = (of: string, n: number) => (n ? <Link href={`?sourceId=${id}${of}`}>{n}</Link> : 'none');
  return (
    <Panel>
      <SystemCardHead
        level={3}
        name={
          <>
            {row.name} <Badge>{row.method}</Badge>
            {state === 'enabled' ? <StateBadge state={row.health} /> : <StateBadge state={state} />}
          </>
        }
        target={
          <>
            {row.issuer} · names read as {row.namespace}
          </>
        }
        actions={
          may ? (
            <>
              <Button
                size="xs"
                loading={busy === 'verify'}
                onClick={() =>
                  run('verify', () => actions.verifySource({ id }), 'Asked: it is verified when our state comes back.')
                }
                aria-label={`Verify ${row.name}`}
              >
                Verify
              </Button>
              <Button
                size="xs"
                loading={busy === 'state'}
                onClick={() => run('state', () => actions.changeSource({ id, state: next }))}
              >
                {state === 'enabled' ? 'Pause' : 'Resume'}
              </Button>
              <Button
                size="xs"
                onClick={() => setChanging(true)}
                aria-label={`What follows from what ${row.name} says`}
              >
                What follows…
              </Button>
              <Button size="xs" onClick={() => setRemoving(true)} aria-label={`Remove ${row.name}`}>
                Remove…
              </Button>
            </>
          ) : null
        }
      />
      {row.stateReason ? <SystemSaid>{row.stateReason}</SystemSaid> : null}
      {row.health === 'failing' ? (
        <SystemSaid tone="red">
          <strong>
            Nothing could be fetched since <When at={row.failingSince} show="absolute" />.
          </strong>{' '}
          {row.lastError}
        </SystemSaid>
      ) : null}
      <SystemNumbers
        numbers={[
          { term: 'Last received', value: <When at={row.lastReceivedAt} never="nothing yet" /> },
          {
            term: 'Verified',
            value: <When at={row.verifiedAt} never={row.verifyAskedAt ? 'asked, not answered' : 'not yet'} />,
          },
          { term: 'Signals', value: those('', row.received) },
          { term: 'Acted upon', value: those('&state=acted', row.acted) },
          { term: 'Refused', value: those('&state=refused', row.refused) },
        ]}
      />
      <div className={classes.dim} style={{ marginTop: 12 }}>
        {actsText(row.acts)}
      </div>
      <ActsDialog row={row} opened={changing} onClose={() => setChanging(false)} actions={actions} />
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title={`Stop listening to ${row.name}`}
        confirm="Stop listening"
        onConfirm={async () => {
          const answer = await actions.removeSource({ id });
          if (!answer.error) await run('removed', async () => ({}));
          return answer;
        }}
      >
        Its stream is deleted there where it can be reached, and what it said is forgotten here. What was ended because
        of it stays ended.
      </ConfirmDialog>
    </Panel>
  );
}
