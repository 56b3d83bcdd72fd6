import Link from 'next/link';
import classes from '@/components/policies/editor/editor.module.css';
import { Amount } from '@/components/ui/amount';
import { Badge } from '@/components/ui/badge';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { BacktestResult, Tally } from '@/lib/policies/life-model';

/** What a candidate would have changed: in one sentence, by identity, by rule, and every decision it would have changed. */
export function BacktestFindings({ result }: { result: BacktestResult }) {
  const { changes } = result;
  const changed = result.decisions - result.unchanged;
  return (
    <>
      <p role="status">{sentence(result, changed)}</p>
      <dl className={classes.facts}>
        <Fact label="newly refused" value={changes.newlyRefused} tone="red" />
        <Fact label="step-ups added" value={changes.stepUps} tone="amber" />
        <Fact label="newly allowed" value={changes.newlyAllowed} tone="green" />
        <Fact label="other" value={changes.other} tone="quiet" />
        <Reproduced result={result} />
      </dl>
      <Value result={result} />
      {changed > 0 ? (
        <>
          <Tallies
            head="Identity"
            rows={result.byIdentity.map((one) => ({
              ...one,
              key: one.id,
              label: <Link href={`/identities/${one.id}`}>{one.name}</Link>,
            }))}
          />
          <Tallies
            head="Rule"
            rows={result.byRule.map((one) => ({ ...one, key: one.rule, label: <code>{one.rule}</code> }))}
          />
          <Rows result={result} />
        </>
      ) : null}
    </>
  );
}

function Fact({ label, value, tone }: { label: string; value: number; tone: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-tone={value > 0 ? tone : undefined}>{value.toLocaleString('en')}</dd>
    </div>
  );
}

/** The replay's own proof: what it gives where nothing is changed, beside what is on record. */
function Reproduced({ result: { decisions, reproduced } }: { result: BacktestResult }) {
  if (decisions === 0) return null;
  return (
    <div title="With nothing changed the replay gives these stored decisions exactly as they are on record">
      <dt>reproduced</dt>
      <dd data-tone={reproduced < decisions ? 'amber' : 'green'}>
        {reproduced.toLocaleString('en')} of {decisions.toLocaleString('en')}
      </dd>
    </div>
  );
}

function sentence(result: BacktestResult, changed: number): string {
  if (result.decisions === 0) return 'No decision lies in this period: there is nothing to judge again.';
  const all = `${result.decisions.toLocaleString('en')} ${plural(result.decisions, 'decision')}`;
  const what =
    changed === 0
      ? `None of ${all} would have come out differently`
      : `${changed.toLocaleString('en')} of ${all} would have come out differently`;
  const blurred = result.decisions - result.reproduced;
  const trust = blurred > 0 ? ` ${blurred} could not be reproduced exactly from the log.` : '';
  return `${what}.${trust}${result.truncated ? ' More lie in the period: the oldest were left out.' : ''}`;
}

function Value({ result }: { result: BacktestResult }) {
  if (result.value.length === 0) return null;
  return (
    <ul>
      {result.value.map((one) => (
        <li key={one.unit}>
          {one.refused === '0' ? null : (
            <>
              <Amount minor={one.refused} scale={one.scale} unit={one.unit} /> would not have passed as it did.{' '}
            </>
          )}
          {one.allowed === '0' ? null : (
            <>
              <Amount minor={one.allowed} scale={one.scale} unit={one.unit} /> would have passed that was refused.
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

interface TallyRow extends Tally {
  key: string;
  label: React.ReactNode;
}

function Tallies({ head, rows }: { head: string; rows: TallyRow[] }) {
  return (
    <table className={classes.tallies}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">refused</th>
          <th scope="col">step-ups</th>
          <th scope="col">allowed</th>
          <th scope="col">other</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, 20).map((row) => (
          <tr key={row.key}>
            <td>{row.label}</td>
            <td>{row.newlyRefused || ''}</td>
            <td>{row.stepUps || ''}</td>
            <td>{row.newlyAllowed || ''}</td>
            <td>{row.other || ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rows({ result }: { result: BacktestResult }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
    <section className={classes.rows} aria-label="Decisions that would have come out differently" tabIndex={0}>
      <table className={classes.tallies}>
        <thead>
          <tr>
            <th scope="col">Decision</th>
            <th scope="col">was</th>
            <th scope="col">would be</th>
          </tr>
        </thead>
        <tbody>
          {result.rows.slice(0, 100).map((row) => (
            <tr key={row.decisionId}>
              <td>
                <Link href={`/decisions/${row.decisionId}`}>
                  {row.identityName} · {row.action}
                </Link>{' '}
                {row.amount === null ? null : <Amount minor={row.amount} scale={row.scale} unit={row.unit} />}
                <div className={classes.dim}>
                  <When at={row.at} show="absolute" /> · {row.resource} · {row.nowRule ?? row.wasRule ?? 'no rule'}
                </div>
              </td>
              <td>
                <VerdictBadge verdict={row.was} />
              </td>
              <td>
                <VerdictBadge verdict={row.now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {result.rows.length > 100 || result.moreRows > 0 ? (
        <p className={classes.dim}>
          and {(result.rows.length - Math.min(100, result.rows.length) + result.moreRows).toLocaleString('en')} more{' '}
          <Badge>braid policy backtest --json</Badge>
        </p>
      ) : null}
    </section>
  );
}
