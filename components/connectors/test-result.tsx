'use client';

import { Button, Group, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import classes from '@/components/connectors/connectors.module.css';
import type { Tested } from '@/lib/connectors/model';

function Fix({ text }: { text: string }) {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text that scrolls has to be reachable by keyboard */}
      <pre className={classes.fix} tabIndex={0}>
        {text}
      </pre>
      <Button size="compact-xs" mt={4} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? 'Copied' : 'Copy'}
      </Button>
    </>
  );
}

/** What a connection may do and, where it may not, what grants it. */
export function TestResult({ tested }: { tested: Tested }) {
  const missing = tested.checks.filter((check) => !check.ok).length;
  const untried = tested.checks.filter((check) => check.untried).length;
  return (
    <div role="status">
      <Group mb={6}>
        <Text size="sm" fw={600}>
          {missing
            ? `${missing} of ${tested.checks.length} checks need something`
            : `Connected, and nothing is missing${untried ? `; ${untried} not tried` : ''}.`}
        </Text>
      </Group>
      <ul className={classes.checks}>
        {tested.checks.map((check) => (
          <li key={check.check}>
            <span
              className={classes.sign}
              data-ok={check.untried ? undefined : check.ok}
              role="img"
              aria-label={check.untried ? 'not tried' : check.ok ? 'in order' : 'missing'}
            >
              {check.untried ? '–' : check.ok ? '✓' : '×'}
            </span>
            <div>
              <strong>{check.check}.</strong> {check.detail}
              {check.fix ? <Fix text={check.fix} /> : null}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
