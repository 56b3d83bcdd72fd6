'use client';

import { Fragment, useEffect, useState } from 'react';
import classes from '@/components/revocations/revocations.module.css';
import { duration } from '@/components/ui/dates';
import { StateBadge } from '@/components/ui/state-badge';
import { TimedText } from '@/components/ui/timed-text';
import { Until, When } from '@/components/ui/when';
import { stepMs, systemName } from '@/lib/revocations/format';
import type { CameTo, StepCameTo, StepRow } from '@/lib/revocations/model';

const MARK: Record<string, { sign: string; tone: string }> = {
  verified: { sign: '✓', tone: 'green' },
  effective: { sign: '•', tone: 'blue' },
  accepted: { sign: '…', tone: 'blue' },
  residual: { sign: '!', tone: 'amber' },
  unverifiable: { sign: '?', tone: 'amber' },
  failed: { sign: '×', tone: 'red' },
};

/** Milliseconds since a step began, ticking while it runs. */
function Running({ since }: { since: string }) {
  const [ms, setMs] = useState<number | null>(null);
  useEffect(() => {
    const tick = () => setMs(Math.max(Date.now() - Date.parse(since), 0));
    tick();
    const timer = setInterval(tick, 100);
    return () => clearInterval(timer);
  }, [since]);
  return <>{ms === null ? '…' : duration(ms)}</>;
}

function Time({ step }: { step: StepRow }) {
  const took = stepMs(step);
  if (step.verb === 'regrowth' && step.state === 'accepted') return <>{step.finishedAt ? '–' : 'watching'}</>;
  if (took !== null && (step.verb === 'deny' || step.verb === 'unblock' || took > 0 || step.finishedAt))
    return <>{duration(took)}</>;
  if (step.startedAt && !step.finishedAt) return <Running since={step.startedAt} />;
  return <>–</>;
}

function Step({ step, proof }: { step: StepRow; proof: boolean }) {
  const running = step.state === 'requested' && step.startedAt !== null && step.finishedAt === null;
  const mark = running ? { sign: '…', tone: 'blue' } : (MARK[step.state] ?? { sign: '', tone: 'quiet' });
  const special = !['verified', 'effective', 'requested'].includes(step.state) && step.verb !== 'regrowth';
  const own = step.connectorId !== null || (step.system !== 'decision_point' && step.system !== 'regrowth');
  return (
    <li className={classes.step}>
      <span className={classes.mark} data-tone={mark.tone} aria-hidden>
        {mark.sign}
      </span>
      <div>
        <div className={classes.stepTitle}>
          {own ? `${systemName(step.system)} · ${step.title}` : step.title}{' '}
          {special || step.verb === 'probe' ? <StateBadge state={step.state} /> : null}
        </div>
        {step.detail ? (
          <div className={classes.stepDetail}>
            <TimedText text={step.detail.replace(/^no_connector: /, '')} />
          </div>
        ) : null}
        {proof && step.history.length > 1 ? (
          <div className={classes.stepDetail}>
            <CameToStates history={step.history} />
            <Earlier history={step.history} />
          </div>
        ) : null}
        {step.attempts > 1 ? <div className={classes.stepDetail}>attempt {step.attempts}</div> : null}
      </div>
      <span className={classes.stepTime}>
        <Time step={step} />
      </span>
      {proof && step.proof?.length ? <Proof checks={step.proof} /> : null}
    </li>
  );
}

/** "requested 10:42:17 · accepted +12 ms · verified +410 ms": each state it came to, counted from the first. */
export function CameToStates({ history }: { history: CameTo[] }) {
  const [first, ...rest] = history;
  if (!first) return null;
  return (
    <>
      {first.state} <When at={first.at} show="time" />
      {rest.map((one) => (
        <span key={`${one.state}${one.at}`} title={one.at}>
          {' '}
          · {one.state} +{duration(Math.max(Date.parse(one.at) - Date.parse(first.at), 0))}
        </span>
      ))}
    </>
  );
}

/** What it said, and what was seen, before something was tried or said anew. */
function Earlier({ history }: { history: StepCameTo[] }) {
  const said = history.filter((one) => one.detail || one.proof?.length);
  if (!said.length) return null;
  return (
    <details className={classes.earlier}>
      <summary>
        {history.some((one) => one.again) ? 'What it said before it was asked again' : 'What it said before'}
      </summary>
      <ul>
        {said.map((one) => (
          <li key={`${one.state}${one.at}`}>
            <When at={one.at} show="absolute" /> {one.state}
            {one.detail ? (
              <>
                : <TimedText text={one.detail.replace(/^no_connector: /, '')} />
              </>
            ) : null}
            {one.proof?.length ? <Proof checks={one.proof} /> : null}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Proof({ checks }: { checks: NonNullable<StepRow['proof']> }) {
  return (
    <div className={classes.proof}>
      {checks.map((check) => (
        <Fragment key={`${check.check}${check.at}`}>
          <span>{check.check}</span>
          <b>{check.saw}</b>
          <When at={check.at} show="time" />
        </Fragment>
      ))}
    </div>
  );
}

/** The steps of a revocation in their order, with their times; `proof` adds what each probe did and saw. */
export function Steps({ steps, proof = false }: { steps: StepRow[]; proof?: boolean }) {
  return (
    <ol className={classes.steps} aria-label="Steps" aria-live="polite">
      {steps.map((step) => (
        <Step key={step.id} step={step} proof={proof} />
      ))}
    </ol>
  );
}

/** Access that still lives: what, why and until when. */
export function Residuals({ steps }: { steps: StepRow[] }) {
  const left = steps.flatMap((step) =>
    step.residuals.map((residual) => ({ ...residual, system: systemName(step.system) })),
  );
  if (!left.length) return null;
  return (
    <div className={classes.box} role="status">
      <strong>Still lives:</strong>
      <ul>
        {left.map((one) => (
          <li key={`${one.system}${one.what}`}>
            {one.what} in {one.system}
            {one.gap ? ` (${one.gap})` : ''}, until {one.until ? <Until at={one.until} /> : 'somebody ends it there'}.{' '}
            <TimedText text={one.why} />
          </li>
        ))}
      </ul>
    </div>
  );
}
