'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Unknown } from '@/components/sessions/session-times';
import { CONFIRMED_BY, OBSERVED_WORDS } from '@/components/sessions/session-words';
import classes from '@/components/sessions/sessions.module.css';
import { systemName } from '@/components/sessions/system-name';
import { Identifier } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { Until, When } from '@/components/ui/when';
import type { SessionDetail } from '@/lib/sessions/model';

type Fact = [name: string, value: ReactNode];

const mono = (value: string | null): ReactNode => (value ? <Identifier value={value} max={34} /> : null);

/** A key made of parts is a JSON list; people read the parts. */
function keyText(key: string): string {
  if (!key.startsWith('[')) return key;
  try {
    return (JSON.parse(key) as unknown[]).join(' · ');
  } catch {
    return key;
  }
}

const trust = (session: SessionDetail): Fact[] => [
  ['Started', <When key="started" at={session.startedAt} show="absolute" />],
  ['Last sign', <When key="last" at={session.lastEventAt} show="absolute" />],
  [
    'Last confirmed',
    session.lastValidatedAt ? (
      <span key="confirmed">
        <When at={session.lastValidatedAt} />{' '}
        <span className={classes.unknown}>{CONFIRMED_BY[session.observedBy]}</span>
      </span>
    ) : null,
  ],
  session.endedAt
    ? ['Ended', <When key="ended" at={session.endedAt} show="absolute" />]
    : ['Lives until', session.liveUntil ? <Until key="until" at={session.liveUntil} /> : 'its system ends it'],
  ['Trust established', session.trustedAt ? <When key="trust" at={session.trustedAt} show="absolute" /> : null],
  ['Assurance', session.acr],
  ['Approved scope', mono(session.scope)],
  ['Consent', session.consent ? consentText(session.consent) : null],
  ...(session.abandonedAt
    ? [['Abandoned', <When key="abandoned" at={session.abandonedAt} show="absolute" />] satisfies Fact]
    : []),
  ['Task', mono(session.task)],
];

const consentText = ({ by, scope, id }: NonNullable<SessionDetail['consent']>): string =>
  [by ? `given by ${by}` : 'given', id ? `to ${id}` : null, scope ? `for ${scope}` : null].filter(Boolean).join(' ');

const origin = (session: SessionDetail): Fact[] => [
  ['Network', mono(session.network)],
  ['Region', session.region],
  ['Device', session.device],
  ['Runtime', session.runtime],
  ['Agent', session.agent],
  ['Bound key', mono(session.boundKey)],
  ['Credential', mono(session.credential?.externalId ?? session.key)],
  [
    'Credential expires',
    session.credential?.expiresAt ? <When key="expires" at={session.credential.expiresAt} /> : null,
  ],
];

const source = (session: SessionDetail): Fact[] => [
  ['System', session.connectorName ?? systemName(session.source)],
  ['Known there as', mono(keyText(session.groupKey))],
  ...Object.entries(session.native)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .slice(0, 12)
    .map(([name, value]): Fact => [name.replaceAll('_', ' '), mono(String(value))]),
  [
    'Came from',
    session.parentId ? (
      <Link key="parent" href={`/sessions/${session.parentId}`}>
        another session
      </Link>
    ) : null,
  ],
];

/** How long it lives and what it may do, as far as that is known, and plainly what is not. */
export const SessionTrust = ({ session }: { session: SessionDetail }) => (
  <Panel title="Lifetime and trust">
    <Facts facts={trust(session)} />
  </Panel>
);

/** From where it acts, and who says so. */
export function SessionOrigin({ session }: { session: SessionDetail }) {
  return (
    <>
      <Panel title="Where it acts from" note="bound to">
        <Facts facts={origin(session)} />
      </Panel>
      <Panel title="How Braid knows">
        <p className={classes.why}>{OBSERVED_WORDS[session.observedBy].why}</p>
        <Facts facts={source(session)} />
      </Panel>
    </>
  );
}

const Facts = ({ facts }: { facts: Fact[] }) => (
  <dl className={classes.facts}>
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value || <Unknown />}</dd>
      </div>
    ))}
  </dl>
);
