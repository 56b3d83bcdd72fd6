'use client';

import Link from 'next/link';
import shared from '@/components/decisions/decisions.module.css';
import classes from '@/components/decisions/path.module.css';
import { usePathColours } from '@/components/decisions/path-palette';
import { useLocalTime } from '@/components/decisions/use-local-time';
import { outcomeWords, sameWords } from '@/components/decisions/what-if-words';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { amountText, ruleText } from '@/lib/exposures/format';
import type { Counterfactual, Flip } from '@/lib/replay/counterfactual-model';

/** What would have come of it: the sentence, which decisions flip, what each session would have been allowed, what to mind. */
export function WhatIfAnswer({ words, answer }: { words: string; answer: Counterfactual }) {
  const time = useLocalTime();
  const value = answer.value.filter((one) => one.was !== one.would);
  const sessions = answer.sessions.filter((one) => one.allowedWas !== one.allowedWould);
  return (
    <div role="status" style={{ display: 'grid', gap: 12 }}>
      <p className={classes.answer}>
        {words}, {outcomeWords(answer)}
      </p>
      <p className={shared.dim} style={{ margin: 0 }}>
        {sameWords(answer)}
        {answer.since === 'change' && answer.decisions > 0 ? ` Counted from ${time(answer.from)} on.` : ''}
      </p>
      {value.length > 0 ? (
        <p style={{ margin: 0 }}>
          Allowed{answer.since === 'change' ? ' from then on' : ''}:{' '}
          {value.map(({ unit, scale, was, would }) => (
            <span key={unit}>
              {amountText(was, scale)} → <strong>{amountText(would, scale, unit)}</strong>{' '}
            </span>
          ))}
        </p>
      ) : null}
      {answer.flips.length > 0 ? <Flips flips={answer.flips} flipped={answer.flipped} /> : null}
      {sessions.length > 0 ? <Sessions sessions={sessions} /> : null}
      {answer.notes.length > 0 ? (
        <ul className={classes.notes}>
          {answer.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function Flips({ flips, flipped }: { flips: Flip[]; flipped: number }) {
  const time = useLocalTime();
  const colourOf = usePathColours();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
    <section className={classes.scroll} style={{ maxHeight: 260 }} aria-label="Decisions that flip" tabIndex={0}>
      <table className={`${classes.table} ${classes.inset}`}>
        <caption>Decisions that flip</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Session</th>
            <th scope="col">Action</th>
            <th scope="col" data-align="right">
              Amount
            </th>
            <th scope="col">Was</th>
            <th scope="col">Would be</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {flips.map((flip) => (
            <tr key={flip.decisionId}>
              <td>
                <Link href={`/decisions/${flip.decisionId}`} className={shared.quietLink} prefetch={false}>
                  <span className={shared.mono}>{time(flip.at)}</span>
                </Link>
              </td>
              <td>
                <span style={{ display: 'inline-flex', alignItems: 'center', gap: 7 }}>
                  <span className={classes.swatch} style={{ background: colourOf(flip.sessionId) }} aria-hidden />
                  {flip.sessionLabel}
                </span>
              </td>
              <td>{flip.action}</td>
              <td data-align="right">
                {flip.amount === null ? '–' : amountText(flip.amount, flip.scale, flip.unit ?? undefined)}
              </td>
              <td>
                <VerdictBadge verdict={flip.was} />
              </td>
              <td>
                <VerdictBadge verdict={flip.would} />
              </td>
              <td className={shared.dim}>{flip.would === 'allow' ? 'no rule stands against it' : byText(flip)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {flipped > flips.length ? (
        <p className={classes.silent}>
          The first {flips.length} of {flipped}.
        </p>
      ) : null}
    </section>
  );
}

const byText = ({ policySet, ruleId, reason }: Flip): string =>
  ruleId === null ? reason.replaceAll('_', ' ') : ruleText({ set: policySet, id: ruleId }, true);

function Sessions({ sessions }: { sessions: Counterfactual['sessions'] }) {
  const colourOf = usePathColours();
  const valued = sessions.some((one) => one.value.length > 0);
  return (
    <table className={`${classes.table} ${classes.inset}`}>
      <caption>What each session would have been allowed</caption>
      <thead>
        <tr>
          <th scope="col">Session</th>
          <th scope="col" data-align="right">
            Requests allowed
          </th>
          {valued ? (
            <th scope="col" data-align="right">
              Value allowed
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {sessions.map((one) => (
          <tr key={one.sessionId ?? one.label}>
            <td>
              <span style={{ display: 'inline-flex', alignItems: 'center', gap: 7 }}>
                <span className={classes.swatch} style={{ background: colourOf(one.sessionId) }} aria-hidden />
                {one.label}
              </span>
            </td>
            <td data-align="right">
              {one.allowedWas} → <strong>{one.allowedWould}</strong>
            </td>
            {valued ? (
              <td data-align="right">
                {one.value.map(({ unit, scale, was, would }) => (
                  <span key={unit}>
                    {amountText(was, scale)} → <strong>{amountText(would, scale, unit)}</strong>{' '}
                  </span>
                ))}
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
