'use client';

import { Anchor } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import classes from '@/components/policies/editor/editor.module.css';
import { ProblemList } from '@/components/policies/editor/problem-list';
import { plural } from '@/lib/exposures/format';
import type { StepResult, TestReport, TestResult } from '@/lib/policies/test-model';

interface TestPanelProps {
  report: TestReport;
  /** The text has changed since. */
  stale: boolean;
  onJump: (file: string, place: { line: number; column: number }) => void;
}

/** What the fixtures came to: each test, and for one that fails what was expected, what came and why. */
export function TestPanel({ report, stale, onJump }: TestPanelProps) {
  if (report.problems.length > 0)
    return (
      <>
        <p>Nothing was run: policies or fixtures have problems.</p>
        <ProblemList problems={report.problems} onJump={(one) => onJump(one.file ?? '', one)} />
      </>
    );
  const failed = report.tests.filter((test) => !test.ok).length;
  return (
    <>
      <p role="status">
        {failed === 0
          ? `All ${report.tests.length} ${plural(report.tests.length, 'test')} hold`
          : `${failed} of ${report.tests.length} ${plural(report.tests.length, 'test')} ${failed === 1 ? 'fails' : 'fail'}`}
        {stale ? ', before your last change.' : '.'}
        {report.unfired.length > 0 ? (
          <span className={classes.dim}> No test makes these rules fire: {report.unfired.join(', ')}.</span>
        ) : null}
      </p>
      <ul className={classes.tests}>
        {report.tests.map((test) => (
          <Test key={`${test.file}:${test.line}`} test={test} onJump={onJump} />
        ))}
      </ul>
    </>
  );
}

function Test({ test, onJump }: { test: TestResult; onJump: TestPanelProps['onJump'] }) {
  const step = test.steps.find((one) => !one.ok);
  return (
    <li>
      <div className={classes.test}>
        {test.ok ? (
          <IconCheck size={15} color="var(--b-green)" role="img" aria-label="holds" />
        ) : (
          <IconX size={15} color="var(--b-red)" role="img" aria-label="fails" />
        )}
        <span>
          {test.name}{' '}
          <Anchor
            component="button"
            type="button"
            size="xs"
            onClick={() => onJump(test.file, { line: step?.line ?? test.line, column: 1 })}
          >
            line {step?.line ?? test.line}
          </Anchor>
        </span>
      </div>
      {step ? <Failure step={step} order={test.order} /> : null}
    </li>
  );
}

function Failure({ step, order }: { step: StepResult; order: string[] | null }) {
  const lines = [
    step.what,
    ...(order ? [`in the order ${order.join(', ')}`] : []),
    ...step.differences.map((one) => `${one.what}: expected ${one.expected}, came ${one.came}`),
    ...(step.why.length > 0 ? ['', ...step.why] : []),
  ];
  return <pre className={classes.why}>{lines.join('\n')}</pre>;
}
