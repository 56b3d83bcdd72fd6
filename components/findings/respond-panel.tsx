'use client';

import { Button, Group, Text } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/findings/findings.module.css';
import { StartButton } from '@/components/playbooks/start-button';
import { ResponseList } from '@/components/responses/response-list';
import { useBulkDialog, useRevocationDialog } from '@/components/revocations/dialog-host';
import { PauseButton } from '@/components/revocations/pause-button';
import { RevokeButton } from '@/components/revocations/revoke-button';
import { useMay } from '@/components/shell/operator-context';
import { shortened } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { plural } from '@/lib/exposures/format';
import type { EvidenceSession } from '@/lib/findings/evidence-model';
import type { FindingDetail } from '@/lib/findings/model';
import type { StartPlaybook } from '@/lib/playbooks/actions-model';
import type { AnswerActions } from '@/lib/responses/actions-model';
import type { ResponseRow } from '@/lib/responses/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

export interface RespondActions {
  revocations: RevocationActions;
  answers: AnswerActions;
  startPlaybook: StartPlaybook;
}

const liveOf = (finding: FindingDetail): EvidenceSession[] =>
  finding.sessions.filter((session) => session.endedAt === null).slice(0, 200);

/** Its identity is revoked, and can come in all the same. */
const cameBack = (finding: FindingDetail): boolean =>
  finding.identityState === 'revoked' &&
  finding.state !== 'closed' &&
  (finding.detector === 'regrowth' || finding.liveNow.length > 0);

const identityOf = (finding: FindingDetail) => ({
  id: finding.identityId,
  name: finding.identityName,
  state: finding.identityState,
  protected: false, // the preview says so, and the verb refuses
});

/** The red button at the top: ends what the finding stands on, or the identity where none of it is live any more. */
export function EndButton({ finding, actions }: { finding: FindingDetail; actions: RevocationActions }) {
  const mayEnd = useMay('session.terminate');
  const mayRevoke = useMay('identity.revoke');
  const openOne = useRevocationDialog();
  const openMany = useBulkDialog();
  const back = cameBack(finding);
  const inEvidence = liveOf(finding);
  const live = inEvidence.length || mayRevoke || !back ? inEvidence : finding.liveNow;
  const [only] = live;
  if (!only)
    return (finding.identityState === 'revoked' && !back) || finding.state === 'closed' ? null : (
      <RevokeButton actions={actions} identity={identityOf(finding)} may={mayRevoke} again={back} />
    );
  if (!mayEnd) return null;
  const sessionIds = live.map((session) => session.id);
  const subject = { kind: 'terminate' as const, sessionIds };
  const ask = () =>
    live.length === 1
      ? openOne({ actions, subject, name: only.label })
      : openMany({ actions, subject, name: `${live.length} sessions of this finding` });
  return (
    <Button variant="filled" color="red" onClick={ask}>
      {live.length === 1 ? 'End this session…' : `End ${live.length} sessions…`}
    </Button>
  );
}

const named = ({ label, key }: EvidenceSession): string =>
  key ? `${shortened(label, 40)}, key ${shortened(key, 28)}` : shortened(label, 48);

function NoneInEvidence({ finding }: { finding: FindingDetail }) {
  const now = finding.liveNow.length;
  const said = finding.sessions.length ? 'None of its sessions in evidence is live any more.' : '';
  if (!now) return said || 'None of its sessions is live now.';
  return (
    <>
      {said}{' '}
      <Link href={`/sessions?identityId=${finding.identityId}`}>
        {now} {plural(now, 'session')}
      </Link>{' '}
      of the identity {now === 1 ? 'is' : 'are'} live now.
    </>
  );
}

function Hits({ finding }: { finding: FindingDetail }) {
  const live = liveOf(finding);
  const n = live.length;
  return (
    <Text size="sm">
      <Link href={`/identities/${finding.identityId}`} className="mono">
        {finding.identityName}
      </Link>{' '}
      <StateBadge state={finding.identityState} />{' '}
      {n === 0 ? (
        <NoneInEvidence finding={finding} />
      ) : (
        <>
          {n} {plural(n, 'session in evidence is', 'sessions in evidence are')} live:{' '}
          {live.slice(0, 3).map((session, at) => (
            <span key={session.id}>
              {at > 0 ? '; ' : ''}
              <Link href={`/sessions/${session.id}`}>{named(session)}</Link>
            </span>
          ))}
          {n > 3 ? ` and ${n - 3} more` : ''}.
        </>
      )}
    </Text>
  );
}

/** What can be done about it, what it would hit, and what was done by itself. */
export function RespondPanel({ finding, respond }: { finding: FindingDetail; respond: RespondActions }) {
  const mayPause = useMay('identity.pause');
  const mayRevoke = useMay('identity.revoke');
  const { data } = useApi<{ items: ResponseRow[] }>('/responses', { findingId: finding.id });
  const acts = data?.items ?? [];
  const identity = identityOf(finding);
  const live = liveOf(finding).length > 0;
  const back = cameBack(finding);
  return (
    <div className={classes.respond}>
      <Panel title="Respond">
        <div className={classes.respondRow}>
          <Hits finding={finding} />
          <Group gap="xs" wrap="nowrap">
            <StartButton identityId={finding.identityId} findingId={finding.id} start={respond.startPlaybook} />
            <PauseButton actions={respond.revocations} identity={identity} may={mayPause} />
            {live && (finding.identityState !== 'revoked' || back) ? (
              <RevokeButton actions={respond.revocations} identity={identity} may={mayRevoke} again={back} beside />
            ) : null}
          </Group>
        </div>
        {acts.length ? <ResponseList rows={acts} actions={respond.answers} brief /> : null}
      </Panel>
    </div>
  );
}
