'use client';

import { Button, Group, Progress, Select } from '@mantine/core';
import { useState } from 'react';
import { BacktestFindings } from '@/components/policies/backtest-result';
import classes from '@/components/policies/editor/editor.module.css';
import { useApi } from '@/components/ui/use-api';
import type { ActionError, ActionResult } from '@/lib/http/model';
import type { Backtest, BacktestInput } from '@/lib/policies/life-model';

const PERIODS = [
  { value: '1', label: 'the last hour' },
  { value: '24', label: 'the last day' },
  { value: '168', label: 'the last week' },
  { value: '720', label: 'the last 30 days' },
];
const HOUR_MS = 3_600_000;

interface BacktestPanelProps {
  source: string;
  /** It has problems: nothing can be judged by it. */
  broken: boolean;
  run: (input: BacktestInput) => Promise<ActionResult<{ id: string; total: number }>>;
  /** The run that is shown, and the source it was started with. */
  started: { id: string; source: string } | null;
  onStarted: (started: { id: string; source: string }) => void;
}

/** Judges what was decided again under this text. */
export function BacktestPanel({ source, broken, run, started, onStarted }: BacktestPanelProps) {
  const [hours, setHours] = useState('168');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError>();
  const start = async () => {
    setBusy(true);
    setError(undefined);
    const from = new Date(performance.timeOrigin + performance.now() - Number(hours) * HOUR_MS).toISOString();
    const result = await run({ source, from });
    setBusy(false);
    if (result.error) return setError(result.error);
    if (result.data) onStarted({ id: result.data.id, source });
  };
  return (
    <>
      <Group gap="xs" wrap="nowrap" align="end">
        <Select
          label="Judge again what was decided in"
          data={PERIODS}
          value={hours}
          onChange={(value) => setHours(value ?? '168')}
          allowDeselect={false}
          style={{ flex: 1 }}
        />
        <Button onClick={start} loading={busy} disabled={broken}>
          Run backtest
        </Button>
      </Group>
      {error ? <p role="alert">{error.message}</p> : null}
      {started ? <BacktestRun key={started.id} id={started.id} stale={started.source !== source} /> : null}
    </>
  );
}

function BacktestRun({ id, stale }: { id: string; stale: boolean }) {
  const [over, setOver] = useState(false);
  const { data } = useApi<Backtest>(`/backtests/${id}`, {}, { everyMs: over ? false : 700 });
  if (data && (data.state === 'done' || data.state === 'failed') && !over) setOver(true);
  if (!data) return null;
  if (data.state === 'failed') return <p role="alert">The backtest failed: {data.error}</p>;
  if (!data.result)
    return (
      <div>
        <p className={classes.dim} role="status">
          {data.state === 'waiting'
            ? 'Waiting for the worker'
            : `${data.done.toLocaleString('en')} of ${data.total.toLocaleString('en')} decisions judged again`}
        </p>
        <Progress value={data.total ? (100 * data.done) / data.total : 0} animated aria-label="Backtest" />
      </div>
    );
  return (
    <>
      {stale ? <p className={classes.dim}>Of the text before your last change.</p> : null}
      <BacktestFindings result={data.result} />
    </>
  );
}
