import classes from '@/components/decisions/path.module.css';
import { decidingExposure } from '@/lib/decisions/format';
import type { Trace, Verdict } from '@/lib/decisions/model';
import { amountText } from '@/lib/exposures/format';

/** The product in two words: what a control that sees one session would have said, beside what was decided on all of them. */
export function AloneTogether({ trace }: { trace: Trace }) {
  const exposure = decidingExposure(trace);
  const sum = (minor: string) =>
    exposure
      ? `${amountText(minor, exposure.scale)}${exposure.limit === null ? '' : ` of ${amountText(exposure.limit, exposure.scale)}`}`
      : null;
  const live = `${trace.liveSessions} live ${trace.liveSessions === 1 ? 'session' : 'sessions'} seen`;
  return (
    <div className={classes.boxes}>
      <Box
        label="Alone"
        verdict={trace.alone}
        sum={trace.alone === null ? 'no session was named' : (sum(exposure?.aloneAsked ?? '0') ?? 'this session only')}
      />
      <Box label="Together" verdict={trace.verdict} sum={sum(exposure?.asked ?? '0') ?? live} />
    </div>
  );
}

function Box({ label, verdict, sum }: { label: string; verdict: Verdict | null; sum: string }) {
  return (
    <div className={classes.box} data-verdict={verdict ?? undefined}>
      <div className={classes.boxLabel}>{label}</div>
      <div className={classes.boxVerdict} data-verdict={verdict ?? undefined}>
        {verdict ? verdict.replace('_', ' ') : 'not judged'}
      </div>
      <div className={classes.boxSum}>{sum}</div>
    </div>
  );
}
