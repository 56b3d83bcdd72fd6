'use client';

import { Button, SegmentedControl } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useMemo, useRef } from 'react';
import { AloneTogether } from '@/components/decisions/alone-together';
import shared from '@/components/decisions/decisions.module.css';
import classes from '@/components/decisions/path.module.css';
import { PathEnd, type PathEndProps } from '@/components/decisions/path-end';
import { focusStep } from '@/components/decisions/path-geometry';
import { PathMatrix } from '@/components/decisions/path-matrix';
import { PathPicture } from '@/components/decisions/path-picture';
import { PathScrubber } from '@/components/decisions/path-scrubber';
import { pathHeadline } from '@/components/decisions/path-sentence';
import {
  aloneSums,
  fastestStrand,
  isApplied,
  replay,
  type Strand,
  strandKey,
  strandsOf,
} from '@/components/decisions/path-state';
import { PathSteps } from '@/components/decisions/path-steps';
import { PathStrands } from '@/components/decisions/path-strands';
import { RulesBrief } from '@/components/decisions/rules-table';
import { Sentence } from '@/components/decisions/sentence';
import { usePathCursor, type View } from '@/components/decisions/use-path-cursor';
import { ExposureBar } from '@/components/exposures/exposure-bars';
import { Crumb, type CrumbPart } from '@/components/shell/crumbs';
import { EmptyState } from '@/components/ui/empty-state';
import { shortened } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useSessionColours } from '@/components/ui/session-colours';
import { type MeterKind, partsText, requestNames } from '@/lib/decisions/format';
import type { DecisionDetail, Path } from '@/lib/decisions/model';
import { amountText, plural, scopeWord, windowText } from '@/lib/exposures/format';

interface PathViewProps {
  path: Path;
  /** The decision whose path this is; null: the path of an exposure as it stands. */
  detail: DecisionDetail | null;
  actions: PathEndProps['actions'];
}

/** How one exposure got where it is. */
export function PathView({ path, detail, actions }: PathViewProps) {
  const model = useMemo(() => {
    const strands = strandsOf(path);
    const states = replay(path);
    return {
      strands,
      states,
      totals: states.slice(1).map((state) => state.total),
      own: aloneSums(path).map((each) => each.sum),
    };
  }, [path]);
  const { strands, states } = model;
  useSessionColours(strands.filter((strand) => strand.color >= 0).map((strand) => strand.sessionId ?? strand.key));
  const ender = useRef<HTMLDivElement>(null);
  const cursor = usePathCursor(path.steps.length, focusStep(path) ?? path.steps.length - 1, () =>
    ender.current?.querySelector('button')?.click(),
  );
  const kind = kindOf(path, detail);
  const parts = pathHeadline(path, kind, detail ? requestNames(detail.trace).resourceType : null);
  const state = states[cursor.shown + 1] ?? states[0]!;
  const labels = new Map(strands.map((strand) => [strand.key, strand.label]));
  const live = strands.filter((strand) => strand.sessionId && !strand.ended);
  const fastest = fastestStrand(path)?.key;
  const focused = live.find((strand) => strand.key === (cursor.strand ?? fastest)) ?? live[0] ?? null;
  return (
    <>
      <Crumb parts={crumbs(detail)} />
      <PageHeader
        title={
          path.steps.length > 0 ? <Sentence parts={parts} /> : 'Nothing has moved this exposure within its window.'
        }
        sub={<Sub path={path} detail={detail} />}
      />
      <div className={classes.page}>
        <div className={`${classes.side} ${classes.main}`}>
          <Panel title="How it got there" note={<Views view={cursor.view} onView={cursor.setView} />}>
            {path.steps.length === 0 ? (
              <EmptyState title="No step">What counted here has left the window, and nothing came after it.</EmptyState>
            ) : cursor.view === 'table' ? (
              <PathMatrix path={path} strands={strands} states={states} index={cursor.shown} />
            ) : (
              <PathPicture
                path={path}
                cursor={cursor}
                spoken={`${partsText(parts)} The steps are in the table below.`}
              />
            )}
            <PathScrubber
              path={path}
              cursor={cursor}
              total={state.total}
              labelOf={(step) => labels.get(strandKey(step)) ?? 'no session named'}
              mayEnd={live.length > 0}
            />
          </Panel>
          <Panel flush>
            <PathSteps path={path} strands={strands} cursor={cursor} totals={model.totals} own={model.own} />
          </Panel>
        </div>
        <div className={classes.side}>
          {detail ? (
            <ThisDecision detail={detail} />
          ) : (
            <ThisExposure path={path} strands={strands} total={states[states.length - 1]!.total} />
          )}
          <Panel title="Strands" note={`share of ${amountText(state.total, path.exposure.scale)}`}>
            <PathStrands
              path={path}
              strands={strands}
              shares={sharesAt(path, cursor.shown)}
              state={state}
              focused={cursor.strand}
              onFocus={(key) => cursor.setStrand(cursor.strand === key ? null : key)}
              end={
                <PathEnd
                  ref={ender}
                  actions={actions}
                  focused={focused}
                  live={live}
                  ended={strands.length - live.length}
                />
              }
            />
          </Panel>
        </div>
      </div>
    </>
  );
}

const crumbs = (detail: DecisionDetail | null): CrumbPart[] =>
  detail
    ? [
        { label: shortened(detail.decision.id, 13), href: `/decisions/${detail.decision.id}`, mono: true },
        { label: 'Path' },
      ]
    : [{ label: 'Path of an exposure' }];

const kindOf = (path: Path, detail: DecisionDetail | null): MeterKind =>
  detail?.trace.exposures.find((each) => each.exposureId === path.exposure.id)?.kind ??
  (path.exposure.unit ? 'sum' : 'count');

/** Every strand's own share at a step, also of those that share a band. */
function sharesAt(path: Path, index: number): Map<string, bigint> {
  const shares = new Map<string, bigint>();
  path.steps.forEach((step, at) => {
    if (!isApplied(step)) return;
    const key = strandKey(step);
    if (at <= index) shares.set(key, BigInt(step.own));
    else if (!shares.has(key)) shares.set(key, at > index ? BigInt(step.own) - BigInt(step.amount) : 0n);
  });
  for (const [key, share] of shares) if (share < 0n) shares.set(key, 0n);
  return shares;
}

function Views({ view, onView }: { view: View; onView: (view: View) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="How to look at it"
      value={view}
      onChange={(value) => onView(value as View)}
      data={[
        { value: 'together', label: 'Together' },
        { value: 'alone', label: 'Alone' },
        { value: 'table', label: 'Table' },
      ]}
    />
  );
}

function Sub({ path, detail }: { path: Path; detail: DecisionDetail | null }) {
  const { exposure } = path;
  const set = detail?.trace.sets.find((each) => each.name === exposure.set);
  const decisions = new Set(path.steps.flatMap((step) => (step.decisionId ? [step.decisionId] : []))).size;
  return (
    <span className={classes.sub}>
      <span>
        meter <span className={shared.mono}>{exposure.meter}</span> per {scopeWord(exposure.scope)}
        {exposure.windowSecs === null ? '' : `, ${windowText(exposure.windowSecs)}`}
        {exposure.ruleId ? (
          <>
            {' · '}rule <span className={shared.mono}>{exposure.ruleId}</span>
          </>
        ) : null}
        {' · '}policy set <span className={shared.mono}>{exposure.set}</span>
        {set ? <span className={shared.mono}> {set.hash.slice(0, 8)}…</span> : null}
        {' · '}
        {decisions} {plural(decisions, 'decision')} on this path{path.truncated ? ' (the latest; more lie before)' : ''}
      </span>
      <Actions path={path} detail={detail} />
    </span>
  );
}

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
    </>
  );
}

function ThisDecision({ detail }: { detail: DecisionDetail }) {
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

function ThisExposure({ path, strands, total }: { path: Path; strands: Strand[]; total: bigint }) {
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
