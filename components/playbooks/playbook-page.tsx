'use client';

import { Button, Group, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { CaseObjects } from '@/components/playbooks/case-objects';
import classes from '@/components/playbooks/playbooks.module.css';
import { Step } from '@/components/playbooks/step';
import { leftWords } from '@/components/playbooks/words';
import { RevokeButton } from '@/components/revocations/revoke-button';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { PlaybookActions } from '@/lib/playbooks/actions-model';
import { type PlaybookDetail, TRACKS } from '@/lib/playbooks/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

interface PlaybookPageProps {
  initial: PlaybookDetail;
  actions: PlaybookActions;
  revocations: RevocationActions;
}

function Tracks({ playbook }: { playbook: PlaybookDetail }) {
  return (
    <ul className={classes.tracks} aria-label="Tracks">
      {playbook.tracks.map((one) => (
        <li key={one.track}>
          <div className={classes.track}>
            {TRACKS[one.track]} <StateBadge state={one.state} />
          </div>
          <Text size="sm" c="dimmed">
            {one.says}
          </Text>
        </li>
      ))}
    </ul>
  );
}

function Contain({ playbook, contain }: { playbook: PlaybookDetail; contain: PlaybookActions['contain'] }) {
  const [asking, setAsking] = useState(false);
  const [summary, setSummary] = useState('');
  const queries = useQueryClient();
  const left = playbook.steps.filter((step) => step.state === 'open').length;
  if (playbook.state === 'contained') return null;
  return (
    <>
      <Button variant="filled" disabled={left > 0} onClick={() => setAsking(true)}>
        {left > 0 ? `Contained (${left} left)` : 'Call it contained…'}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Call this contained"
        confirm="It is contained"
        danger={false}
        disabled={summary.trim().length < 3}
        onConfirm={async () => {
          const answer = await contain({ id: playbook.id, summary });
          await queries.invalidateQueries({ queryKey: ['api', `/playbooks/${playbook.id}`] });
          return answer;
        }}
      >
        <Text size="sm">The audit log keeps who said so. Reopening a step takes it back, with the reason.</Text>
        <Textarea
          label="What happened, and how it ended"
          value={summary}
          maxLength={2000}
          autosize
          minRows={2}
          onChange={(event) => setSummary(event.currentTarget.value)}
          data-autofocus
        />
      </ConfirmDialog>
    </>
  );
}

/** One incident: what is left until it is contained, and for each step what it is worked with. */
export function PlaybookPage({ initial, actions, revocations }: PlaybookPageProps) {
  const { data: playbook = initial } = useApi<PlaybookDetail>(
    `/playbooks/${initial.id}`,
    {},
    { initialData: initial, everyMs: 3_000 },
  );
  const may = useMay('finding.write');
  const mayRevoke = useMay(playbook.identityState === 'revoked' ? 'identity.restore' : 'identity.revoke');
  const identity = {
    id: playbook.identityId,
    name: playbook.identityName,
    state: playbook.identityState,
    protected: false,
  };
  return (
    <>
      <PageHeader
        title={
          <>
            <span className="mono">{playbook.identityName}</span>: {leftWords(playbook)}.
          </>
        }
        sub={
          <Group gap="xs" mt={6}>
            <StateBadge state={playbook.state} />
            <span>
              started by {playbook.startedBy} <When at={playbook.startedAt} />, not trusted since{' '}
              <When at={playbook.since} show="absolute" />
            </span>
            {playbook.findingId ? (
              <Link href={`/findings/${playbook.findingId}`}>{playbook.findingTitle ?? 'finding'}</Link>
            ) : null}
            <Link href={`/identities/${playbook.identityId}`}>identity</Link>
            {playbook.containedBy ? (
              <span>
                contained by {playbook.containedBy} <When at={playbook.containedAt} />
              </span>
            ) : null}
          </Group>
        }
        actions={
          <>
            {playbook.identityState === 'revoked' ? null : (
              <RevokeButton actions={revocations} identity={identity} may={mayRevoke} />
            )}
            {may ? <Contain playbook={playbook} contain={actions.contain} /> : null}
          </>
        }
      />
      {playbook.summary ? <Text mb="md">{playbook.summary}</Text> : null}
      <Panel>
        <Tracks playbook={playbook} />
      </Panel>
      <div style={{ marginTop: 16 }}>
        <CaseObjects playbook={playbook} actions={actions} may={may} />
      </div>
      <ol className={classes.steps}>
        {playbook.steps.map((step, at) => (
          <li key={step.kind}>
            <Step
              number={at + 1}
              step={step}
              playbook={playbook}
              actions={actions}
              revocations={revocations}
              may={may}
            />
          </li>
        ))}
      </ol>
    </>
  );
}
