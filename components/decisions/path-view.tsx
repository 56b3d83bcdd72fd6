'use client';

import { SegmentedControl } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import classes from '@/components/decisions/path.module.css';
import type { Course } from '@/components/decisions/path-course';
import { PathEnd } from '@/components/decisions/path-end';
import { PathSub, ThisDecision, ThisExposure } from '@/components/decisions/path-facts';
import { focusStep } from '@/components/decisions/path-geometry';
import { PathMatrix } from '@/components/decisions/path-matrix';
import { PathMinimum } from '@/components/decisions/path-minimum';
import { PathPalette } from '@/components/decisions/path-palette';
import { PathPicture } from '@/components/decisions/path-picture';
import { PathScrubber } from '@/components/decisions/path-scrubber';
import { pathHeadline } from '@/components/decisions/path-sentence';
import {
  aloneSums,
  fastestStrand,
  isApplied,
  type PathState,
  replay,
  type Strand,
  strandKey,
  strandsOf,
} from '@/components/decisions/path-state';
import { PathSteps } from '@/components/decisions/path-steps';
import { PathStrands } from '@/components/decisions/path-strands';
import { Sentence } from '@/components/decisions/sentence';
import { usePathCursor, type View } from '@/components/decisions/use-path-cursor';
import { WhatIf } from '@/components/decisions/what-if';
import { Crumb, type CrumbPart } from '@/components/shell/crumbs';
import { EmptyState } from '@/components/ui/empty-state';
import { shortened } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { type MeterKind, partsText, requestNames } from '@/lib/decisions/format';
import type { DecisionDetail } from '@/lib/decisions/model';
import type { Path } from '@/lib/decisions/path-model';
import { amountText } from '@/lib/exposures/format';
import type { ActionResult } from '@/lib/http/model';
import type { Counterfactual, ReplayInput } from '@/lib/replay/counterfactual-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

export interface PathActions {
  end: RevocationActions;
  /** Ends sessions and gives back what they hold. */
  giveBack: RevocationActions;
  whatIf: (input: ReplayInput) => Promise<ActionResult<Counterfactual>>;
}

interface PathViewProps {
  initial: Path;
  /** The decision whose path this is; null: the path of an exposure as it stands. */
  detail: DecisionDetail | null;
  /** Only steps until this instant. */
  before: string | null;
  actions: PathActions;
}

/** How one exposure got where it is, kept up with what happens. */
export function PathView({ initial, detail, before, actions }: PathViewProps) {
  const path = useLivePath(initial, before);
  const model = useMemo(() => modelOf(path), [path]);
  return (
    <PathPalette strands={model.strands}>
      <Whole path={path} model={model} detail={detail} actions={actions} />
    </PathPalette>
  );
}

function useLivePath(initial: Path, before: string | null): Path {
  const { exposure, decisionId } = initial;
  const asked = decisionId
    ? { path: `/decisions/${decisionId}/path`, params: { exposureId: exposure.id } }
    : { path: `/exposures/${exposure.id}/path`, params: {} };
  const params = before ? { ...asked.params, before } : asked.params;
  const { data = initial } = useApi<Path>(asked.path, params, { initialData: initial });
  return data;
}

interface Model {
  strands: Strand[];
  states: PathState[];
  totals: bigint[];
  own: bigint[];
  keys: string[];
}

function modelOf(path: Path): Model {
  const states = replay(path);
  return {
    strands: strandsOf(path),
    states,
    totals: states.slice(1).map((state) => state.total),
    own: aloneSums(path).map((each) => each.sum),
    keys: path.steps.map((step) => `${step.at} ${step.revision ?? ''} ${step.decisionId ?? ''}`),
  };
}

interface WholeProps {
  path: Path;
  model: Model;
  detail: DecisionDetail | null;
  actions: PathActions;
}

function Whole({ path, model, detail, actions }: WholeProps) {
  const { strands, states } = model;
  const [course, setCourse] = useState<Course | null>(null);
  const ender = useRef<HTMLDivElement>(null);
  const cursor = usePathCursor(model.keys, focusStep(path) ?? path.steps.length - 1, () =>
    ender.current?.querySelector('button')?.click(),
  );
  const parts = pathHeadline(path, kindOf(path, detail), detail ? requestNames(detail.trace).resourceType : null);
  const state = states[cursor.shown + 1] ?? states[0]!;
  const labels = new Map(strands.map((strand) => [strand.key, strand.label]));
  const live = strands.filter((strand) => strand.sessionId && !strand.ended);
  const fastest = fastestStrand(path)?.key;
  const focused = live.find((strand) => strand.key === (cursor.strand ?? fastest)) ?? live[0] ?? null;
  const asking = cursor.view === 'what-if';
  return (
    <>
      <Crumb parts={crumbs(detail)} />
      <PageHeader
        title={
          path.steps.length > 0 ? <Sentence parts={parts} /> : 'Nothing has moved this exposure within its window.'
        }
        sub={<PathSub path={path} detail={detail} />}
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
                course={asking ? course : null}
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
            {asking && path.steps.length > 0 ? (
              <WhatIf
                path={path}
                strands={strands}
                at={path.steps[cursor.index]?.at ?? path.to}
                run={actions.whatIf}
                onCourse={setCourse}
              />
            ) : null}
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
                  actions={actions.end}
                  focused={focused}
                  live={live}
                  ended={strands.length - live.length}
                />
              }
            />
            <PathMinimum path={path} actions={actions.giveBack} />
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
        { value: 'what-if', label: 'What if…' },
        { value: 'table', label: 'Table' },
      ]}
    />
  );
}
