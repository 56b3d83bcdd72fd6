'use client';

import { Alert, Checkbox, SegmentedControl, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { EditorActions } from '@/components/policies/actions-model';
import { CountNotes } from '@/components/policies/count-notes';
import classes from '@/components/policies/editor/editor.module.css';
import type { Editing } from '@/components/policies/editor/use-editing';
import styles from '@/components/policies/policies.module.css';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useApi } from '@/components/ui/use-api';
import { plural } from '@/lib/exposures/format';
import { lineDiff } from '@/lib/policies/diff-format';
import type { Backtest } from '@/lib/policies/life-model';

interface ApplyDialogProps {
  opened: boolean;
  onClose: () => void;
  editing: Editing;
  active: { version: number; source: string } | null;
  /** The backtest that was run, and of which text. */
  backtest: { id: string; source: string } | null;
  apply: EditorActions['apply'];
  onApplied: () => void;
}

/** What applying it would do, as far as it is known: lines, fixtures, and whom it would have stopped. Then a reason. */
export function ApplyDialog({ opened, onClose, editing, active, backtest, apply, onApplied }: ApplyDialogProps) {
  const [where, setWhere] = useState('shadow');
  const [anyway, setAnyway] = useState(false);
  const lines = lineDiff(active?.source ?? '', editing.source);
  const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
  const fails = editing.report && !editing.reportStale && !editing.report.ok;
  const shadow = where === 'shadow';
  return (
    <ReasonDialog
      opened={opened}
      onClose={onClose}
      title={`Apply ${editing.name}`}
      size={600}
      confirm={shadow ? 'Put in shadow' : active ? `Replace version ${active.version}` : 'Make it active'}
      danger={!shadow}
      disabled={editing.problems.length > 0 || editing.checking || (fails && !anyway)}
      onConfirm={async (reason, password) => {
        const { source, tests } = editing;
        const result = await apply({ input: { source, tests, reason, shadow, skipTests: anyway }, password });
        if (result.error) {
          // Refused perhaps by its fixtures: which ones, the panel beside says, and the box below lets them be.
          if (tests.length && !anyway && (!editing.report || editing.reportStale)) await editing.test();
          return result;
        }
        for (const message of result.data?.notes ?? []) notifications.show({ message, autoClose: 15_000 });
        onApplied();
        return result;
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          value={where}
          onChange={setWhere}
          aria-label="How it is applied"
          data={[
            { value: 'shadow', label: 'In shadow: judged and logged, deciding nothing' },
            { value: 'active', label: 'Active: decides the next request' },
          ]}
        />
        <ul className={styles.says}>
          <li>
            {active
              ? `${count('added')} ${plural(count('added'), 'line')} added and ${count('removed')} removed against version ${active.version}.`
              : 'A new set: it judges beside those that are active; the most restrictive verdict wins.'}
          </li>
          {shadow && !active ? (
            <li>
              Shadow moves no meter: the limits of a set that is not active yet say nothing there. A backtest tells.
            </li>
          ) : null}
          <li>
            {editing.tests.length === 0
              ? 'It has no fixtures: nothing says what it has to do.'
              : !editing.report || editing.reportStale
                ? 'Its fixtures run before anything is written.'
                : fails
                  ? 'Its fixtures fail.'
                  : `All ${editing.report.tests.length} fixtures hold.`}
          </li>
          <li>
            <Impact backtest={backtest} source={editing.source} />
          </li>
        </ul>
        {shadow ? null : <CountNotes notes={editing.notes} />}
        {editing.problems.length > 0 ? (
          <Alert color="red" variant="outline" title="It has problems">
            {editing.problems.length} {plural(editing.problems.length, 'problem')}: it can't be applied as it is.
          </Alert>
        ) : null}
        {fails ? (
          <Checkbox
            label="Apply although fixtures fail"
            checked={anyway}
            onChange={(event) => setAnyway(event.currentTarget.checked)}
          />
        ) : null}
      </Stack>
    </ReasonDialog>
  );
}

function Impact({ backtest, source }: Pick<ApplyDialogProps, 'backtest'> & { source: string }) {
  const fits = backtest?.source === source;
  const { data } = useApi<Backtest>(`/backtests/${backtest?.id}`, {}, { enabled: fits, everyMs: 2_000 });
  if (!fits)
    return <span className={classes.dim}>Whom it would have stopped is not known: no backtest of this text.</span>;
  if (!data?.result) return <span className={classes.dim}>The backtest is still running.</span>;
  const { decisions, unchanged, changes, byIdentity } = data.result;
  const names = byIdentity.slice(0, 3).map((one) => one.name);
  return (
    <>
      Backtest: {(decisions - unchanged).toLocaleString('en')} of {decisions.toLocaleString('en')} decisions would
      differ, {changes.newlyRefused + changes.stepUps} of them stopped
      {names.length > 0
        ? ` (${names.join(', ')}${byIdentity.length > 3 ? ` and ${byIdentity.length - 3} more` : ''})`
        : ''}
      .
    </>
  );
}
