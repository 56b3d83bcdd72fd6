'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { PolicyActions } from '@/components/policies/actions-model';
import { TestPanel } from '@/components/policies/editor/test-panel';
import classes from '@/components/policies/policies.module.css';
import { ErrorState } from '@/components/ui/error-state';
import { Panel } from '@/components/ui/panel';
import { plural } from '@/lib/exposures/format';
import type { TestFile } from '@/lib/policies/life-model';
import type { TestReport } from '@/lib/policies/test-model';

interface FixturePanelProps {
  name: string;
  source: string;
  tests: TestFile[];
  manages: boolean;
  run: PolicyActions['test'];
}

/** What has to hold of a version: its fixtures, run in memory on a clock and sessions of their own. */
export function FixturePanel({ name, source, tests, manages, run }: FixturePanelProps) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [report, setReport] = useState<TestReport | null>(null);
  const [error, setError] = useState<string | null>(null);
  const start = async () => {
    setBusy(true);
    const { data, error: refused } = await run({ source, tests });
    setBusy(false);
    setError(refused?.message ?? null);
    setReport(data ?? null);
  };
  const button =
    manages && tests.length > 0 ? (
      <Button size="compact-xs" onClick={() => void start()} loading={busy}>
        Run
      </Button>
    ) : undefined;
  return (
    <Panel title="Fixtures" note={button}>
      {error ? <ErrorState message={error} /> : null}
      {report ? (
        <TestPanel report={report} stale={false} onJump={() => router.push(`/policies/${name}/edit`)} />
      ) : (
        <p className={classes.dim}>
          {tests.length === 0 ? (
            <>
              None came with this version{manages ? ': ' : '.'}
              {manages ? <Link href={`/policies/${name}/edit`}>add some in the editor</Link> : null}
              {manages ? '.' : ''}
            </>
          ) : (
            <>
              {tests.map((one) => one.name).join(', ')}: {plural(tests.length, 'it has', 'they have')} to hold before a
              version is applied.
            </>
          )}
        </p>
      )}
    </Panel>
  );
}
