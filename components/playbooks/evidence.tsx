import Link from 'next/link';
import classes from '@/components/playbooks/playbooks.module.css';
import { actsSentence } from '@/components/playbooks/words';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { ActTotals } from '@/lib/playbooks/acts-model';
import { OUTCOMES, type StepEvidence, type StepRow } from '@/lib/playbooks/model';

/** What was said to be taken away, beside what is really gone. */
function Reduced({ evidence }: { evidence: StepEvidence }) {
  const { removed = [], reduced = [], vanished, stillGranted = [] } = evidence;
  return (
    <>
      {removed.length ? (
        <div>
          Named as taken away, and gone where it was granted:{' '}
          <span className="mono">{removed.map((one) => one.what).join('; ')}</span>
        </div>
      ) : null}
      {reduced.length ? (
        <ul className={classes.list}>
          {reduced.map((one) => (
            <li key={one}>
              {one}
              {stillGranted.includes(one) ? ' (was still granted then)' : ''}
            </li>
          ))}
        </ul>
      ) : null}
      {vanished ? (
        <div>
          {vanished.length
            ? 'Granted when this was started, and gone:'
            : 'Nothing its systems or logs tell as granted was gone.'}
          <ul className={classes.list}>
            {vanished.map((one) => (
              <li key={`${one.from} ${one.what}`}>
                <span className="mono">{one.what}</span> ({one.from})
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}

/** What was done in the sessions, in numbers, and the latest of it as it was shown. */
function Done({ evidence, acts }: { evidence: StepEvidence; acts: ActTotals }) {
  const { shown = [] } = evidence;
  return (
    <>
      <div>{actsSentence(acts)}</div>
      <ul className={classes.list}>
        {shown.slice(0, 10).map((one) => (
          <li key={`${one.action} ${one.resource} ${one.session} ${one.identity} ${one.outcome}`}>
            <span className="mono">{one.action}</span> {one.resource ?? ''} ({one.outcome}, {one.count} times) by{' '}
            {one.identity}
            {one.session ? ` in ${one.session}` : ''}
          </li>
        ))}
      </ul>
      {acts.rows > 10 ? <div>and {acts.rows - Math.min(10, shown.length)} more</div> : null}
    </>
  );
}

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
          {one.revocationId ? (
            <>
              {' '}
              (<Link href={`/revocations/${one.revocationId}`}>verified rotation</Link>)
            </>
          ) : null}
        </div>
      ))}
      {evidence.reduced ? <Reduced evidence={evidence} /> : null}
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
          {evidence.acts ? <Done evidence={evidence} acts={evidence.acts} /> : null}
        </>
      ) : null}
      {evidence.note ? <p>{evidence.note}</p> : null}
    </div>
  );
}
