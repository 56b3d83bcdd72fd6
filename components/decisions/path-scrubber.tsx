'use client';

import { ActionIcon } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import classes from '@/components/decisions/path.module.css';
import { useLocalTime } from '@/components/decisions/use-local-time';
import type { PathCursor } from '@/components/decisions/use-path-cursor';
import { KeyHint } from '@/components/ui/key-hint';
import type { Path, PathStep } from '@/lib/decisions/path-model';
import { amountText } from '@/lib/exposures/format';

const WORDS: Record<PathStep['kind'], string> = {
  reserve: 'holds',
  settle: 'counted',
  release: 'released',
  expire: 'expired',
  overrun: 'went over its hold by',
  leave: 'left the window',
  refused: 'refused',
};

/** What a step did. A window that was made longer takes back what had left it. */
export const stepKind = ({ kind, amount }: Pick<PathStep, 'kind' | 'amount'>): string =>
  kind === 'leave' && BigInt(amount) > 0n ? 'back in the window' : WORDS[kind];

interface PathScrubberProps {
  path: Path;
  cursor: PathCursor;
  labelOf: (step: PathStep) => string;
  /** Total standing after the step shown. */
  total: bigint;
  mayEnd: boolean;
}

/** One step at a time, by hand, by key or played; below it what the step was. */
export function PathScrubber({ path, cursor, labelOf, total, mayEnd }: PathScrubberProps) {
  const time = useLocalTime();
  const step = path.steps[cursor.shown];
  const say = (minor: bigint | string) => amountText(minor, path.exposure.scale);
  const sentence = step ? `${labelOf(step)}: ${say(step.amount)} ${stepKind(step)}` : 'No step yet';
  return (
    <>
      <div className={classes.scrub}>
        <ActionIcon
          onClick={cursor.togglePlay}
          disabled={path.steps.length < 2}
          aria-label={cursor.playing ? 'Pause' : 'Play the path'}
          size={34}
        >
          {cursor.playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
        </ActionIcon>
        <input
          type="range"
          className={classes.range}
          aria-label="Step of the path"
          aria-valuetext={step ? `${time(step.at, true)}, ${sentence}, together ${say(total)}` : sentence}
          min={0}
          max={Math.max(0, path.steps.length - 1)}
          value={Math.max(0, cursor.index)}
          disabled={path.steps.length < 2}
          onChange={(event) => cursor.go(Number(event.currentTarget.value))}
        />
        <span className={classes.instant}>{step ? time(step.at, true) : '–'}</span>
        <span className={classes.hints} aria-hidden>
          <KeyHint keys="J" /> <KeyHint keys="K" /> step · <KeyHint keys="Space" /> play
          {mayEnd ? (
            <>
              {' · '}
              <KeyHint keys="T" /> end strand
            </>
          ) : null}
        </span>
      </div>
      <p className={classes.readout}>
        {step ? (
          <>
            Step {cursor.shown + 1} of {path.steps.length}: {labelOf(step)} · {stepKind(step)}{' '}
            <strong>{say(step.amount)}</strong>
            {step.kind === 'refused' ? ' · standing at ' : ' → '}
            <strong>{say(total)}</strong>
            {path.exposure.limit === null ? '' : ` of ${say(path.exposure.limit)}`}
          </>
        ) : (
          sentence
        )}
      </p>
    </>
  );
}
