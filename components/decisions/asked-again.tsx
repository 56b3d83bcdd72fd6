'use client';

import Link from 'next/link';
import { askedAgainSentence, becauseText, doneText } from '@/components/decisions/asked-again-words';
import classes from '@/components/decisions/decisions.module.css';
import { Sentence } from '@/components/decisions/sentence';
import { Panel } from '@/components/ui/panel';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import type { AskedAgain } from '@/lib/decisions/again-model';

interface AskedAgainPanelProps {
  asked: AskedAgain;
  /** On the decision's own page a link to it would lead nowhere. */
  onDecision?: boolean;
}

/** What asking again found: whether what a live session was last allowed would be allowed still, why it was asked, what was done. */
export function AskedAgainPanel({ asked, onDecision = false }: AskedAgainPanelProps) {
  const { at, because, decisionId, done, sessionId, sessionLabel, verdict } = asked;
  const revocation = done.find((one) => one.revocationId)?.revocationId;
  return (
    <Panel
      title="Asked again"
      note={
        <>
          <When at={at} />, because {becauseText(because)}
        </>
      }
    >
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <VerdictBadge verdict={verdict} /> <Sentence parts={askedAgainSentence(asked)} /> {doneText(asked)}
      </p>
      <p className={classes.dim} style={{ fontSize: 12, margin: '6px 0 0' }}>
        {onDecision ? (
          <>
            Asked from <Link href={`/sessions/${sessionId}`}>{sessionLabel}</Link> as it is now. Nothing was counted.
          </>
        ) : (
          <>
            The last request it <Link href={`/decisions/${decisionId}`}>was allowed</Link>, on present policies and
            state. Nothing was counted.
          </>
        )}
        {revocation ? (
          <>
            {' '}
            <Link href={`/revocations/${revocation}`}>How it ended</Link>
          </>
        ) : null}
      </p>
    </Panel>
  );
}
