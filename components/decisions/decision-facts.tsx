'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import shared from '@/components/decisions/decisions.module.css';
import { Identifier } from '@/components/ui/identifier';
import { SessionName } from '@/components/ui/session-colours';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import type { DecisionDetail } from '@/lib/decisions/model';
import { amountText, plural } from '@/lib/exposures/format';

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who asked, out of which session, for what. */
export function DecisionFacts({ detail }: { detail: DecisionDetail }) {
  const { decision, trace } = detail;
  return (
    <dl className={shared.facts}>
      <Fact label="Identity">
        <Link href={`/identities/${trace.identity.id}`} className={shared.mono}>
          {trace.identity.name}
        </Link>{' '}
        <StateBadge state={trace.identity.state} />
        <div className={shared.dim}>
          {trace.identity.kind.replaceAll('_', ' ')}
          {trace.identity.managed ? '' : ' · unmanaged'}
        </div>
      </Fact>
      <Fact label="Session">
        {trace.session ? (
          <>
            <Link href={`/sessions/${trace.session.id}`} className={shared.quietLink}>
              <SessionName id={trace.session.id} label={trace.session.label} />
            </Link>
            <div className={shared.dim}>
              {trace.session.observedBy}, since <When at={trace.session.startedAt} show="absolute" />
            </div>
          </>
        ) : (
          <span className={shared.dim}>none was named</span>
        )}
      </Fact>
      <Fact label="Live at that moment">
        <Link href={`/sessions?identityId=${trace.identity.id}`}>
          {trace.liveSessions} {plural(trace.liveSessions, 'session')}
        </Link>
      </Fact>
      <Fact label="Action">
        <span className={shared.mono}>{decision.action}</span>
      </Fact>
      <Fact label="Resource">
        {decision.resourceType} <Identifier value={decision.resourceId} />
      </Fact>
      {decision.amount === null ? null : (
        <Fact label="Amount">{amountText(decision.amount, decision.scale, decision.unit)}</Fact>
      )}
      <Fact label="Policy sets">
        {trace.sets.length === 0 ? <span className={shared.dim}>none was active</span> : null}
        {trace.sets.map((set) => (
          <div key={set.name}>
            <Link href={`/policies/${set.name}?version=${set.version}`} className={shared.mono}>
              {set.name}
            </Link>{' '}
            <span className={shared.dim}>
              v{set.version} · {set.hash.slice(0, 8)}
              {set.mode === 'shadow' ? ' · shadow' : ''}
            </span>
          </div>
        ))}
      </Fact>
    </dl>
  );
}

/** What the decision still holds, or what became of it. */
export function DecisionHold({ hold }: { hold: NonNullable<DecisionDetail['hold']> }) {
  return (
    <dl className={shared.facts}>
      <Fact label="State">
        <StateBadge state={hold.state} />
      </Fact>
      <Fact label="Expires">
        <When at={hold.expiresAt} />
      </Fact>
      <Fact label="Hold">
        <Identifier value={hold.id} />
      </Fact>
    </dl>
  );
}

/** Where the decision stands in the log. */
export function DecisionRecord({ detail }: { detail: DecisionDetail }) {
  const { decision } = detail;
  return (
    <dl className={shared.facts}>
      <Fact label="Decision">
        <Identifier value={decision.id} />
      </Fact>
      <Fact label="Decided">
        <When at={decision.at} show="absolute" />
        <div className={shared.dim}>in {(decision.latencyUs / 1000).toFixed(1)} ms</div>
      </Fact>
      {decision.requestId ? (
        <Fact label="Request">
          <Identifier value={decision.requestId} />
        </Fact>
      ) : null}
      <Fact label="Writer">
        <Identifier value={decision.writer} /> <span className={shared.dim}>entry {amountText(decision.seq)}</span>
      </Fact>
      <Fact label="Hash">
        <Identifier value={decision.hash} max={22} />
      </Fact>
    </dl>
  );
}
