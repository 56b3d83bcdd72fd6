'use client';

import { Alert } from '@mantine/core';
import Link from 'next/link';
import { AnswerButtons } from '@/components/approvals/answer-buttons';
import classes from '@/components/approvals/approvals.module.css';
import { Effects } from '@/components/approvals/effects';
import { NextWaiting } from '@/components/approvals/next-waiting';
import { RequestFacts } from '@/components/approvals/request-facts';
import { Crumb } from '@/components/shell/crumbs';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { SessionName } from '@/components/ui/session-colours';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { Until, When } from '@/components/ui/when';
import { answererText, grantText, requestText, standingOf, togetherText } from '@/lib/approvals/format';
import type { AnswerActions, RequestDetail } from '@/lib/approvals/model';
import { numberWord } from '@/lib/exposures/format';

/** One request for approval: who asks for what, what it would do to shared state, who else of the identity is live. */
export function RequestView({ initial, actions }: { initial: RequestDetail; actions: AnswerActions }) {
  const { data = initial } = useApi<RequestDetail>(
    `/approvals/${initial.request.id}`,
    {},
    { initialData: initial, everyMs: 5_000 },
  );
  const { request } = data;
  const open = request.state === 'pending';
  return (
    <>
      <Crumb parts={[{ label: request.identityName, mono: true }]} />
      <PageHeader
        title={requestText(request)}
        sub={
          <>
            <StateBadge state={standingOf(request)} /> asked <When at={request.createdAt} />
            {open ? (
              <>
                , waits until <Until at={request.expiresAt} />
              </>
            ) : null}
          </>
        }
        actions={
          <>
            {open ? null : <NextWaiting />}
            <AnswerButtons detail={data} actions={actions} />
          </>
        }
      />
      <div className={classes.columns}>
        <div className={classes.stack}>
          {data.refusal ? (
            <Alert color="yellow" variant="outline" title="Somebody else has to answer this">
              {data.refusal}
            </Alert>
          ) : null}
          {data.stopped ? (
            <Alert color="yellow" variant="outline" title="An approval alone would not let it pass now">
              {data.stopped.message ?? `It would come out as ${data.stopped.verdict}.`}
            </Alert>
          ) : null}
          {open ? (
            <Panel title="What it would do" note="as things stand now, over all sessions">
              <Effects detail={data} />
            </Panel>
          ) : (
            <Answer detail={data} />
          )}
          <Sessions detail={data} />
        </div>
        <div className={classes.stack}>
          <Panel title="What is asked">
            <RequestFacts detail={data} />
          </Panel>
          <Panel title="Stopped by">
            <ul className={classes.plain}>
              {request.rules.map((rule) => (
                <li key={`${rule.set}/${rule.id}`}>
                  <Link href={`/policies/${rule.set}?version=${rule.version}`} className={classes.mono}>
                    {rule.set}/{rule.id}
                  </Link>{' '}
                  <span className={classes.dim}>v{rule.version}</span>
                  {rule.message ? <div>{rule.message}</div> : null}
                </li>
              ))}
            </ul>
          </Panel>
        </div>
      </div>
    </>
  );
}

/** Who answered, how it came about, and what the answer still lets pass. */
function Answer({ detail: { request, provenance } }: { detail: RequestDetail }) {
  const { answered } = request;
  const approver = provenance.approver as { type: string; id: string } | undefined;
  return (
    <Panel title="The answer">
      <dl className={classes.facts}>
        <div>
          <dt>By</dt>
          <dd>
            {answered ? answererText(answered) : 'nobody: its time was over'}
            {approver ? (
              <div className={classes.dim}>
                as {approver.type} <span className={classes.mono}>{approver.id}</span>
              </div>
            ) : null}
            {answered?.kind === 'policy' ? <div className={classes.dim}>by its own rule, without a person</div> : null}
          </dd>
        </div>
        {answered ? (
          <div>
            <dt>When</dt>
            <dd>
              <When at={answered.at} show="absolute" />
            </dd>
          </div>
        ) : null}
        {answered?.reason ? (
          <div>
            <dt>Why</dt>
            <dd>{answered.reason}</dd>
          </div>
        ) : null}
        {request.state === 'approved' ? (
          <>
            <div>
              <dt>Lets pass</dt>
              <dd>
                exactly this, {request.uses === 1 ? 'once' : `${numberWord(request.uses)} times`};{' '}
                {request.used === 0
                  ? 'not used yet'
                  : `used ${request.used === 1 ? 'once' : `${numberWord(request.used)} times`}`}
              </dd>
            </div>
            <div>
              <dt>{request.withdrawnAt ? 'Taken back' : 'Until'}</dt>
              <dd>
                <When at={request.withdrawnAt ?? request.approvedUntil} show="absolute" />
              </dd>
            </div>
          </>
        ) : null}
      </dl>
    </Panel>
  );
}

function Sessions({ detail }: { detail: RequestDetail }) {
  const { sessions, request } = detail;
  return (
    <Panel
      title={`Live sessions of ${request.identityName}`}
      note={<Link href={`/identities/${request.identityId}`}>identity</Link>}
    >
      {sessions.length === 0 ? <p className={classes.dim}>None is live now.</p> : null}
      <ul className={classes.sessions}>
        {sessions.map((session) => (
          <li key={session.id}>
            <Link href={`/sessions/${session.id}`} className={classes.quiet}>
              <SessionName id={session.id} label={session.label} />
            </Link>
            <span className={classes.dim}>
              {session.asks ? 'asks for this · ' : ''}
              {session.tags.length ? `${session.tags.join(', ')} · ` : ''}
              {session.network ? `${session.network} · ` : ''}since <When at={session.startedAt} show="time" />
            </span>
          </li>
        ))}
      </ul>
      {togetherText(detail).map((line) => (
        <p key={line} className={classes.together}>
          {line}
        </p>
      ))}
      {request.state === 'pending' ? (
        <p className={classes.dim}>An approval would let this pass {grantText(request.uses, request.grantSecs)}.</p>
      ) : null}
    </Panel>
  );
}
