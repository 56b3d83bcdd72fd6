'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import classes from '@/components/approvals/approvals.module.css';
import { Identifier } from '@/components/ui/identifier';
import { SessionName } from '@/components/ui/session-colours';
import type { RequestDetail } from '@/lib/approvals/model';
import { amountText } from '@/lib/exposures/format';

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who asks, out of which session, for what and why, and the refusal it comes from. */
export function RequestFacts({ detail }: { detail: RequestDetail }) {
  const { request, context } = detail;
  const said = Object.entries(context);
  return (
    <dl className={classes.facts}>
      <Fact label="Identity">
        <Link href={`/identities/${request.identityId}`} className={classes.mono}>
          {request.identityName}
        </Link>
      </Fact>
      <Fact label="Session">
        {request.sessionId ? (
          <Link href={`/sessions/${request.sessionId}`} className={classes.quiet}>
            <SessionName id={request.sessionId} label={request.sessionLabel ?? 'no session named'} />
          </Link>
        ) : (
          <span className={classes.dim}>none was named</span>
        )}
      </Fact>
      <Fact label="Through">
        {detail.callerName ? `token ${detail.callerName}` : <span className={classes.dim}>no token</span>}
      </Fact>
      <Fact label="Action">
        <span className={classes.mono}>{request.action}</span>
      </Fact>
      <Fact label="Resource">
        {request.resourceType} <Identifier value={request.resourceId} />
      </Fact>
      {request.amount === null ? null : (
        <Fact label="Amount">{amountText(request.amount, request.scale, request.unit)}</Fact>
      )}
      {said.map(([name, value]) => (
        <Fact key={name} label={name}>
          <span className={classes.mono}>{typeof value === 'string' ? value : JSON.stringify(value)}</span>
        </Fact>
      ))}
      <Fact label="Why">{request.reason ?? <span className={classes.dim}>no reason was given</span>}</Fact>
      <Fact label="Refused as">
        <Link href={`/decisions/${request.decisionId}`}>the decision</Link>
        {' · '}
        <Link href={`/decisions/${detail.askedId}`}>asking for approval</Link>
      </Fact>
    </dl>
  );
}
