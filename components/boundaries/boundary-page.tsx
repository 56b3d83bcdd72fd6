'use client';

import { Button, Progress } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import classes from '@/components/boundaries/boundaries.module.css';
import {
  boundariesHeadline,
  countedText,
  isOpen,
  keyWord,
  limitWords,
  simulatedWords,
  unsplitWords,
} from '@/components/boundaries/boundary-words';
import { useBoundaries } from '@/components/boundaries/use-boundaries';
import { Crumb } from '@/components/shell/crumbs';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { Boundary, LimitBoundaries } from '@/lib/replay/boundary-model';

interface BoundaryPageProps {
  name: string;
  version: number;
  /** Its limits, in the order of the set. */
  rules: string[];
}

/** Per limit of a policy set: where activity could be split to stay under it. */
export function BoundaryPage({ name, version, rules }: BoundaryPageProps) {
  const { found, done, next, error, retry } = useBoundaries(name, rules);
  const whole = found ?? { set: name, version, from: '', to: '', limits: [] };
  return (
    <>
      <Crumb parts={[{ label: name, href: `/policies/${name}`, mono: true }, { label: 'Split boundaries' }]} />
      <PageHeader
        title={
          next === null
            ? boundariesHeadline(whole)
            : `Where activity could be split to stay under the limits of ${name}`
        }
        sub={
          found ? (
            <>
              Version {found.version}, by what was decided since <When at={found.from} show="absolute" />. A simulated
              attacker tries every figure under the real rules, with up to 50 keys.
            </>
          ) : (
            'A simulated attacker tries every limit under the real rules, with up to 50 keys.'
          )
        }
      />
      <div className={classes.page}>
        {rules.length === 0 ? (
          <Panel>
            <EmptyState title="No limit">A set without limits counts nothing that could be split.</EmptyState>
          </Panel>
        ) : null}
        {whole.limits.map((limit) => (
          <LimitPanel key={limit.ruleId} limit={limit} />
        ))}
        {error ? (
          <ErrorState message={error.message} retry={retry} />
        ) : next ? (
          <Trying rule={next} done={done} of={rules.length} />
        ) : null}
      </div>
    </>
  );
}

/** Long work shows how far it is. */
function Trying({ rule, done, of }: { rule: string; done: number; of: number }) {
  return (
    <Panel title={rule} note={`${done} of ${of} limits tried`}>
      <div role="status" className={classes.trying}>
        <p className={classes.quiet}>The attacker is trying this one…</p>
        <Progress value={(100 * (done + 0.5)) / of} animated aria-label="Limits tried" />
      </div>
    </Panel>
  );
}

function LimitPanel({ limit }: { limit: LimitBoundaries }) {
  const open = limit.boundaries.filter(isOpen);
  return (
    <Panel title={limit.ruleId} note={limitWords(limit)}>
      {limit.skipped ? (
        <p className={classes.quiet}>{limit.skipped}</p>
      ) : limit.boundaries.length === 0 ? (
        <p className={classes.quiet}>{unsplitWords(limit)}</p>
      ) : (
        <BoundaryTable limit={limit} />
      )}
      {limit.unvaried.map(({ key, why }) => (
        <p key={key} className={classes.quiet}>
          Not analysed: <span className={classes.mono}>{key}</span>. {why}
        </p>
      ))}
      {open.map((boundary) => (
        <Suggestion key={boundary.dimension} limit={limit} boundary={boundary} />
      ))}
    </Panel>
  );
}

function BoundaryTable({ limit }: { limit: LimitBoundaries }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
    <section className={classes.scroll} aria-label={`Keys that split ${limit.ruleId}`} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Split over</th>
            <th scope="col">Most in this history</th>
            <th scope="col" data-align="right">
              Passes at most
            </th>
            <th scope="col" data-align="right">
              Beyond the limit
            </th>
            <th scope="col">Simulated</th>
            <th scope="col">Closed by a limit per</th>
          </tr>
        </thead>
        <tbody>
          {limit.boundaries.map((boundary) => (
            <Row key={boundary.dimension} limit={limit} boundary={boundary} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ limit, boundary }: { limit: LimitBoundaries; boundary: Boundary }) {
  const { dimension, keys, actor, reach, undetected } = boundary;
  return (
    <tr>
      <td>{keyWord(dimension, 2)}</td>
      <td>
        {keys > 1 ? (
          <>
            {keys} of <span className={classes.mono}>{actor ?? 'one actor'}</span>
          </>
        ) : (
          <span className={classes.quiet}>nobody had more than one</span>
        )}
      </td>
      <td data-align="right">{countedText(limit, reach)}</td>
      <td data-align="right">
        {undetected === '0' ? (
          <span className={classes.quiet}>nothing</span>
        ) : (
          <strong>{countedText(limit, undetected)}</strong>
        )}
      </td>
      <td>
        <Simulated limit={limit} boundary={boundary} />
      </td>
      <td>{boundary.closedBy}</td>
    </tr>
  );
}

function Simulated({ limit, boundary }: { limit: LimitBoundaries; boundary: Boundary }) {
  const words = simulatedWords(limit, boundary);
  if (boundary.simulated === null) return <span className={classes.quiet}>{words}</span>;
  return <Badge tone={boundary.asPredicted ? 'quiet' : 'amber'}>{words.replace(/^simulated(: | with )/, '')}</Badge>;
}

function Suggestion({ limit, boundary }: { limit: LimitBoundaries; boundary: Boundary }) {
  const clipboard = useClipboard({ timeout: 1500 });
  if (!boundary.suggestion) return null;
  const closes =
    boundary.afterwards === '0'
      ? 'the same attacker then gets nothing beyond the limit'
      : boundary.afterwards === null
        ? 'not tried'
        : `the same attacker still gets ${countedText(limit, boundary.afterwards)} beyond the limit`;
  return (
    <details className={classes.suggestion}>
      <summary>
        Close it for {keyWord(boundary.dimension, 2)}: the same limit per {boundary.closedBy} ({closes})
      </summary>
      <pre className={classes.source}>{boundary.suggestion}</pre>
      <Button size="compact-xs" onClick={() => clipboard.copy(boundary.suggestion)}>
        {clipboard.copied ? 'Copied' : 'Copy YAML'}
      </Button>
    </details>
  );
}
