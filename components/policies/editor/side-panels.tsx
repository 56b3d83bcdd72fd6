'use client';

import { Button } from '@mantine/core';
import type { EditorActions } from '@/components/policies/actions-model';
import { BacktestPanel } from '@/components/policies/editor/backtest-panel';
import classes from '@/components/policies/editor/editor.module.css';
import { ProblemList } from '@/components/policies/editor/problem-list';
import { TestPanel } from '@/components/policies/editor/test-panel';
import type { Editing } from '@/components/policies/editor/use-editing';
import { Panel } from '@/components/ui/panel';
import { plural } from '@/lib/exposures/format';

export interface StartedBacktest {
  id: string;
  source: string;
}

interface SidePanelsProps {
  editing: Editing;
  onJump: (file: string, place: { line: number; column: number }) => void;
  run: EditorActions['backtest'];
  backtest: StartedBacktest | null;
  onBacktest: (started: StartedBacktest) => void;
}

/** What is wrong, what the fixtures say, and what it would have changed. */
export function SidePanels({ editing, onJump, run, backtest, onBacktest }: SidePanelsProps) {
  const { problems, checking, tests } = editing;
  return (
    <div className={classes.column}>
      <Panel title="Check" note={checking ? 'checking…' : undefined}>
        {problems.length > 0 ? (
          <ProblemList problems={problems} onJump={(one) => onJump('', one)} />
        ) : (
          <p className={classes.dim}>{checking ? 'Looking at your change.' : 'No problems.'}</p>
        )}
      </Panel>
      <Panel
        title="Tests"
        note={
          <Button
            size="compact-xs"
            onClick={() => void editing.test()}
            loading={editing.busy === 'test'}
            disabled={tests.length === 0}
          >
            Run tests
          </Button>
        }
      >
        {editing.report ? (
          <TestPanel report={editing.report} stale={editing.reportStale} onJump={onJump} />
        ) : (
          <p className={classes.dim}>
            {tests.length > 0
              ? `${tests.length} ${plural(tests.length, 'file')} of fixtures, not run yet.`
              : 'No fixtures. They say what the rules have to do, with sessions interleaved: add some above the text.'}
          </p>
        )}
      </Panel>
      <Panel title="Backtest">
        <BacktestPanel
          source={editing.source}
          broken={problems.length > 0}
          run={run}
          started={backtest}
          onStarted={onBacktest}
        />
      </Panel>
    </div>
  );
}
