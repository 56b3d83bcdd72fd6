'use client';

import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import Link from 'next/link';
import { AloneTogether } from '@/components/decisions/alone-together';
import shared from '@/components/decisions/decisions.module.css';
import classes from '@/components/decisions/path.module.css';
import type { Strand } from '@/components/decisions/path-state';
import { RulesBrief } from '@/components/decisions/rules-table';
import { ExposureBar } from '@/components/exposures/exposure-bars';
import { Panel } from '@/components/ui/panel';
import type { DecisionDetail } from '@/lib/decisions/model';
import type { Path } from '@/lib/decisions/path-model';
import { amountText, plural, scopeWord, windowText } from '@/lib/exposures/format';

/** What is counted, by which rule, and how much of it is on this page. */
export function PathSub({ path, detail }: { path: Path; detail: DecisionDetail | null }) {
  const { exposure } = path;
  const set = detail?.trace.sets.find((each) => each.name === exposure.set);
  const decisions = new Set(path.steps.flatMap((step) => (step.decisionId ? [step.decisionId] : []))).size;
  return (
    <span className={classes.sub}>
      <span>
        meter <span className={shared.mono}>{exposure.meter}</span> per {scopeWord(exposure.scope)}
        {exposure.windowSecs === null && !exposure.calendar
          ? ''
          : `, ${windowText(exposure.windowSecs, exposure.calendar)}`}
        {exposure.ruleId ? (
          <>
            {' · '}rule <span className={shared.mono}>{exposure.ruleId}</span>
          </>
        ) : null}
        {' · '}policy set <span className={shared.mono}>{exposure.set}</span>
        {set ? <span className={shared.mono}> {set.hash.slice(0, 8)}…</span> : null}
        {' · '}
        {decisions} {plural(decisions, 'decision')} on this path
        {path.truncated ? ' (the latest; more lie before)' : ''}
      </span>
      <Actions path={path} detail={detail} />
    </span>
  );
}

/** This page at another place of the path. */
export const pageHref = (path: Path, before: string | null): string => {
  const page = path.decisionId
    ? `/decisions/${path.decisionId}/path?exposure=${path.exposure.id}`
    : `/decisions/path?exposure=${path.exposure.id}`;
  return before ? `${page}&before=${encodeURIComponent(before)}` : page;
};

function Actions({ path, detail }: { path: Path; detail: DecisionDetail | null }) {
  const clipboard = useClipboard({ timeout: 1500 });
  const id = detail?.decision.id;
  return (
    <>
      <Button size="compact-xs" onClick={() => clipboard.copy(window.location.href)}>
        {clipboard.copied ? 'Copied' : 'Copy link'}
      </Button>
      {id ? (
        <Button
          size="compact-xs"
          component="a"
          href={`/api/v1/decisions/${id}/path?exposureId=${path.exposure.id}`}
          download={`path-${id}.json`}
        >
          Export JSON
        </Button>
      ) : null}
      {path.nextCursor ? (
        <Button size="compact-xs" component={Link} href={pageHref(path, path.nextCursor)} prefetch={false}>
          Earlier steps
        </Button>
      ) : null}
    </>
  );
}

export function ThisDecision({ detail }: { detail: DecisionDetail }) {
  const { decision, trace } = detail;
  const revision = trace.exposures.find((each) => each.exposureId === decision.exposureId)?.revision;
  const note = `${(decision.latencyUs / 1000).toFixed(1)} ms${revision ? ` · revision ${amountText(revision)}` : ''}`;
  return (
    <Panel title="This decision" note={note}>
      <AloneTogether trace={trace} />
      <div style={{ marginTop: 10 }}>
        <RulesBrief rules={trace.rules} />
      </div>
    </Panel>
  );
}

export function ThisExposure({ path, strands, total }: { path: Path; strands: Strand[]; total: bigint }) {
  const { limit, scale, unit } = path.exposure;
  const bar = {
    settled: String(total),
    held: '0',
    limit,
    scale,
    unit,
    contributors: strands
      .filter((strand) => strand.color >= 0)
      .map((strand) => ({
        sessionId: strand.sessionId,
        label: strand.label,
        settled: String(strand.share),
        held: '0',
      })),
  };
  return (
    <Panel title="As it stands" note={limit === null ? 'no limit' : `limit ${amountText(limit, scale, unit)}`}>
      <ExposureBar exposure={bar} />
    </Panel>
  );
}
