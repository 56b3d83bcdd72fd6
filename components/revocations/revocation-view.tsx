'use client';

import { Alert, Button, Spoiler, Text } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import type { TakeBack } from '@/components/consents/take-back-dialog';
import { BlastTable } from '@/components/revocations/blast-table';
import { CertificatePanel } from '@/components/revocations/certificate-panel';
import { LeftPanel } from '@/components/revocations/left-panel';
import { useRevocation } from '@/components/revocations/live-revocation';
import { NewSecrets } from '@/components/revocations/new-secrets';
import { PauseButton } from '@/components/revocations/pause-button';
import classes from '@/components/revocations/revocations.module.css';
import { RevokeButton } from '@/components/revocations/revoke-button';
import { CameToStates, Residuals, Steps } from '@/components/revocations/steps';
import { Crumb } from '@/components/shell/crumbs';
import { useMay } from '@/components/shell/operator-context';
import { duration } from '@/components/ui/dates';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { ReasonText } from '@/components/ui/reason-text';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import { againText } from '@/lib/revocations/again-format';
import { KIND_WORDS, orderText, reasonWords, sentence, verifiedMs } from '@/lib/revocations/format';
import { closes, type RevocationDetail } from '@/lib/revocations/model';

function Facts({ row }: { row: RevocationDetail }) {
  return (
    <dl className={classes.facts}>
      <dt>Identity</dt>
      <dd>
        <Link href={`/identities/${row.identityId}`}>{row.identityName}</Link> <StateBadge state={row.identityState} />
      </dd>
      <dt>Reason</dt>
      <dd>
        <Spoiler maxHeight={96} showLabel="All of it" hideLabel="Less">
          {reasonWords(row.reasonCode)}
          {row.reason ? <ReasonText>{`: ${row.reason}`}</ReasonText> : null}
        </Spoiler>
      </dd>
      <dt>By</dt>
      <dd>
        {row.signalId ? (
          <Link href={`/settings/signals?id=${row.signalId}#received`}>{row.actorName}</Link>
        ) : (
          row.actorName
        )}
        {row.actionId ? (
          <>
            , as part of <Link href={`/revocations?actionId=${row.actionId}`}>one action</Link>
          </>
        ) : null}
      </dd>
      <dt>Requested</dt>
      <dd>
        <When at={row.requestedAt} show="absolute" />
      </dd>
      {row.clickedAt ? (
        <>
          <dt>Clicked</dt>
          <dd>
            <When at={row.clickedAt} show="absolute" />, with others: what it took counts from here
          </dd>
        </>
      ) : null}
      {row.endedAgainAt ? (
        <>
          <dt>Ended again</dt>
          <dd>
            <When at={row.endedAgainAt} show="absolute" />, as it had grown back: what it took counts from here
          </dd>
        </>
      ) : null}
      <dt>{closes(row.kind) ? 'Denied from' : 'Let in from'}</dt>
      <dd>
        <When at={row.effectiveAt} show="time" />
      </dd>
      <dt>Verified</dt>
      <dd>
        <When at={row.verifiedAt} show="time" never="not yet" />
      </dd>
      {row.history.length > 1 ? (
        <>
          <dt>States</dt>
          <dd>
            <CameToStates history={row.history} />
          </dd>
        </>
      ) : null}
      {row.regrowthUntil && !row.undoneBy ? (
        <>
          <dt>Watched until</dt>
          <dd>
            <When at={row.regrowthUntil} show="absolute" />
          </dd>
        </>
      ) : null}
      {row.sessionIds.length ? (
        <>
          <dt>{row.kind === 'terminate' ? 'Sessions' : 'Ended at the decision point'}</dt>
          <dd>
            {row.kind === 'terminate'
              ? row.sessionIds.length
              : `${row.sessionIds.length} ${row.sessionIds.length === 1 ? 'session' : 'sessions'}`}
          </dd>
        </>
      ) : null}
      {row.undoneBy ? (
        <>
          <dt>Undone by</dt>
          <dd>
            <Link href={`/revocations/${row.undoneBy}`}>a later change</Link>
          </dd>
        </>
      ) : null}
    </dl>
  );
}

function InFlight({ row }: { row: RevocationDetail }) {
  if (!row.effectiveAt || row.kind === 'resume' || row.kind === 'restore') return null;
  return (
    <Panel title="In flight at the click">
      {row.inFlight.length ? (
        <>
          <Text size="sm">
            {row.inFlight.length} {row.inFlight.length === 1 ? 'request was' : 'requests were'} already being decided
            and allowed:
          </Text>
          <ul>
            {row.inFlight.map((one) => (
              <li key={one.decisionId}>
                <Link href={`/decisions/${one.decisionId}`}>{one.action}</Link> on {one.resource} ·{' '}
                <When at={one.at} show="time" />
              </li>
            ))}
          </ul>
        </>
      ) : (
        <Text size="sm" c="dimmed">
          No request was being decided when the state changed: none was allowed after the click.
        </Text>
      )}
    </Panel>
  );
}

function Again({ row, actions }: { row: RevocationDetail; actions: RevocationActions }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const may = useMay('identity.revoke');
  const words = againText(row);
  if (!may || !words) return null;
  const run = async () => {
    setBusy(true);
    const answer = await actions.retry({ id: row.id });
    setBusy(false);
    setError(answer.error?.message);
  };
  return (
    <>
      <Button size="sm" color="red" variant="outline" loading={busy} onClick={run}>
        {words}
      </Button>
      {error ? <Alert color="red">{error}</Alert> : null}
    </>
  );
}

interface RevocationViewProps {
  initial: RevocationDetail;
  actions: RevocationActions;
  /** Takes back what an app was allowed. */
  takeBack: TakeBack;
}

/** Whose leftovers are told. */
function aboutText({ kind, drill, sessionIds }: RevocationDetail): string {
  if (kind === 'terminate') return sessionIds.length === 1 ? 'this session' : `these ${sessionIds.length} sessions`;
  if (kind === 'consent') return 'this consent';
  return drill ? 'it in this system' : 'it';
}

/** One revocation: its sentence, its steps with proofs, what it hit and what still lives. */
export function RevocationView({ initial, actions, takeBack }: RevocationViewProps) {
  const { data: row = initial } = useRevocation(initial.id, initial);
  const mayRestore = useMay('identity.restore');
  const mayPause = useMay('identity.pause');
  const took = verifiedMs(row);
  // A button stays once it was offered: its dialog shows the steps after the state has changed.
  const [first] = useState(initial.identityState);
  const offers = (state: string) => first === state || row.identityState === state;
  const identity = { id: row.identityId, name: row.identityName, state: row.identityState, protected: row.protected };
  return (
    <>
      <Crumb parts={[{ label: row.identityName, mono: true }]} />
      <PageHeader
        title={sentence(row, took === null ? null : duration(took))}
        sub={
          <>
            {row.drill ? 'Drill · ' : ''}
            {KIND_WORDS[row.kind]} <StateBadge state={row.state} /> requested by {row.actorName}{' '}
            <When at={row.requestedAt} />
          </>
        }
        actions={
          <>
            <Again row={row} actions={actions} />
            <Button size="sm" component="a" href={`/api/v1/revocations/${row.id}/certificate`} download>
              Certificate
            </Button>
            {offers('paused') ? <PauseButton actions={actions} identity={identity} may={mayPause} /> : null}
            {offers('revoked') ? <RevokeButton actions={actions} identity={identity} may={mayRestore} /> : null}
          </>
        }
      />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Panel title="Steps" note={orderText(row)}>
            <Steps steps={row.steps} proof />
            <Residuals steps={row.steps} />
          </Panel>
          {row.blastRadius ? (
            <Panel title="As shown before the click">
              <BlastTable radius={row.blastRadius} kind={row.kind} />
            </Panel>
          ) : null}
        </div>
        <div className={classes.stack}>
          {row.kind === 'rotate' ? <NewSecrets revocation={row} take={actions.takeSecret} /> : null}
          <Panel title="What was asked">
            <Facts row={row} />
          </Panel>
          {row.kind === 'resume' || row.kind === 'restore' || row.undoneBy ? null : (
            <LeftPanel
              revocationId={row.id}
              identityId={row.identityId}
              identityName={row.identityName}
              about={aboutText(row)}
              actions={actions}
              takeBack={takeBack}
            />
          )}
          <InFlight row={row} />
          <CertificatePanel revocationId={row.id} />
        </div>
      </div>
    </>
  );
}
