import Link from 'next/link';
import classes from '@/components/playbooks/playbooks.module.css';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import { OUTCOMES, type StepRow } from '@/lib/playbooks/model';

/** What a step left behind when it was done, or why it was waived. */
export function Evidence({ step }: { step: StepRow }) {
  const { evidence } = step;
  return (
    <div className={classes.closed}>
      {step.reason ? <p>Waived: {step.reason}</p> : null}
      {evidence.revocationIds?.map((id, at) => (
        <div key={id}>
          <Link href={`/revocations/${id}`}>Revocation</Link>, {evidence.states?.[at] ?? 'requested'}
        </div>
      ))}
      {evidence.credentials?.map((one) => (
        <div key={one.credentialId}>
          <span className="mono">{one.name}</span>: {OUTCOMES[one.outcome].toLowerCase()}
          {one.note ? `, ${one.note}` : ''}
        </div>
      ))}
      {evidence.reduced ? (
        <ul className={classes.list}>
          {evidence.reduced.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      ) : null}
      {evidence.conclusion ? (
        <>
          <p>{evidence.conclusion}</p>
          <div>
            Looked at: {evidence.events ?? 0} {plural(evidence.events ?? 0, 'event')}, {evidence.decisions ?? 0}{' '}
            {plural(evidence.decisions ?? 0, 'decision')}, {evidence.findings ?? 0}{' '}
            {plural(evidence.findings ?? 0, 'finding')}
            {evidence.systems?.length ? ` in ${evidence.systems.join(', ')}` : ''}, from{' '}
            <When at={evidence.from ?? null} show="absolute" /> to <When at={evidence.to ?? null} show="absolute" />
          </div>
        </>
      ) : null}
      {evidence.note ? <p>{evidence.note}</p> : null}
    </div>
  );
}
