'use client';

import { Group } from '@mantine/core';
import Link from 'next/link';
import type { PolicyActions } from '@/components/policies/actions-model';
import tables from '@/components/policies/editor/editor.module.css';
import classes from '@/components/policies/policies.module.css';
import { EndShadow, Promote } from '@/components/policies/version-actions';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { ShadowResults } from '@/lib/policies/life-model';
import type { PolicySetRow } from '@/lib/policies/model';

interface ShadowPanelProps {
  initial: ShadowResults;
  /** The version in shadow; null: only single rules are. */
  row: PolicySetRow | null;
  active: number | null;
  actions: PolicyActions;
}

/** What rules and the version in shadow would have answered, counted from the log of the last day. */
export function ShadowPanel({ initial, row, active, actions }: ShadowPanelProps) {
  const { data = initial } = useApi<ShadowResults>(
    `/policies/${initial.set}/shadow`,
    {},
    { initialData: initial, everyMs: 15_000 },
  );
  return (
    <Panel
      title={row ? `Version ${row.version} in shadow` : 'Rules in shadow'}
      note={
        row ? (
          <Group gap={6}>
            <EndShadow row={row} retire={actions.retire} />
            <Promote row={row} active={active} impact={impactText(data, row)} promote={actions.promote} />
          </Group>
        ) : (
          'the last 24 hours'
        )
      }
    >
      <p>{impactText(data, row)}</p>
      {data.deaf ? <p role="note">{data.deaf}</p> : null}
      {data.rules.length > 0 ? <Rules results={data} /> : null}
      {row ? (
        <p className={classes.dim}>
          Put there <When at={row.createdAt} show="absolute" /> by {row.createdBy}
          {row.reason ? `: ${row.reason}` : ''}.{' '}
          {active === null ? null : (
            <Link href={`/policies/${row.name}?version=${row.version}&against=${active}`}>What it changes</Link>
          )}
        </p>
      ) : null}
    </Panel>
  );
}

function impactText(results: ShadowResults, row: PolicySetRow | null): string {
  const all = `${results.decisions.toLocaleString('en')} ${plural(results.decisions, 'decision')}${results.truncated ? ' (the newest)' : ''}`;
  const since = 'of the last 24 hours';
  const { version } = results;
  if (row && version) {
    const judged = `${version.judged.toLocaleString('en')} ${plural(version.judged, 'decision')} it judged in the last 24 hours`;
    if (version.judged === 0) return 'It has judged no request yet.';
    if (version.stricter === 0 && version.looser === 0) return `It would have answered all ${judged} as they were.`;
    return `Of ${judged} it would have answered ${version.stricter.toLocaleString('en')} more strictly and ${version.looser.toLocaleString('en')} less.`;
  }
  const changed = results.rules.reduce((sum, rule) => sum + rule.wouldChange, 0);
  if (results.rules.length === 0) return `None of them fired in ${all} ${since}.`;
  return `In ${all} ${since} they would have stopped ${changed.toLocaleString('en')} that ${changed === 1 ? 'was' : 'were'} allowed.`;
}

const MOST = 70;
const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)}…` : text);

function Rules({ results }: { results: ShadowResults }) {
  return (
    <table className={tables.tallies}>
      <thead>
        <tr>
          <th scope="col">Would have</th>
          <th scope="col">fired</th>
          <th scope="col">changed</th>
        </tr>
      </thead>
      <tbody>
        {results.rules.map((rule) => (
          <tr key={rule.rule}>
            <td>
              <VerdictBadge verdict={rule.verdict} /> <span className={classes.mono}>{rule.rule}</span>
              <div className={classes.dim}>
                {rule.identities.slice(0, 4).map((one, at) => (
                  <span key={one.id}>
                    {at > 0 ? ', ' : ''}
                    <Link href={`/identities/${one.id}`}>{one.name}</Link> {one.fired}
                  </span>
                ))}
                {rule.identities.length > 4 ? ` and ${rule.identities.length - 4} more` : ''}
                {rule.last ? (
                  <>
                    {' '}
                    · <Link href={`/decisions/${rule.last.decisionId}`}>the last</Link>: {cut(rule.last.saw)}
                  </>
                ) : null}
              </div>
            </td>
            <td>{rule.fired}</td>
            <td>{rule.wouldChange}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
