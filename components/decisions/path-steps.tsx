'use client';

import { Button, Tooltip } from '@mantine/core';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import shared from '@/components/decisions/decisions.module.css';
import classes from '@/components/decisions/path.module.css';
import { usePathColour } from '@/components/decisions/path-palette';
import { stepKind } from '@/components/decisions/path-scrubber';
import { type Strand, strandKey } from '@/components/decisions/path-state';
import { useLocalTime } from '@/components/decisions/use-local-time';
import type { PathCursor } from '@/components/decisions/use-path-cursor';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import type { Path, PathStep } from '@/lib/decisions/path-model';
import { amountText } from '@/lib/exposures/format';

const FIRST = 200;

const OWN =
  'What this session alone adds up to for a control that sees one session at a time: what was allowed, and what such a control would have allowed although it was refused together.';
const ALONE = 'What a control that sees one session at a time would have answered.';

interface PathStepsProps {
  path: Path;
  strands: Strand[];
  cursor: PathCursor;
  /** Standing after each step, and the session's own sum as it alone would count it. */
  totals: bigint[];
  own: bigint[];
}

/** Every step, newest first. Pointing at a row moves the line in the picture; a row leads to its decision. */
export function PathSteps({ path, strands, cursor, totals, own }: PathStepsProps) {
  const [all, setAll] = useState(false);
  const byKey = new Map(strands.map((strand) => [strand.key, strand]));
  const order = path.steps.map((_, index) => index).reverse();
  const shown = all ? order : order.slice(0, FIRST);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key */}
      <section className={classes.scroll} aria-label="Steps of the path, newest first" tabIndex={0}>
        <table className={classes.table}>
          <caption>Steps of the path, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Session</th>
              <th scope="col">Action</th>
              <th scope="col" data-align="right">
                Amount
              </th>
              <th scope="col" data-align="right">
                <Hint label={OWN}>Own sum</Hint>
              </th>
              <th scope="col" data-align="right">
                Sum of all
              </th>
              <th scope="col">
                <Hint label={ALONE}>Alone</Hint>
              </th>
              <th scope="col">Together</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((index) => (
              <Row
                key={index}
                step={path.steps[index]!}
                strand={byKey.get(strandKey(path.steps[index]!))}
                here={cursor.shown === index}
                scale={path.exposure.scale}
                total={totals[index]!}
                own={own[index]!}
                onPoint={(on) => cursor.point(on ? index : null)}
              />
            ))}
          </tbody>
        </table>
      </section>
      {order.length > shown.length ? (
        <div style={{ padding: '8px 16px' }}>
          <Button size="xs" onClick={() => setAll(true)}>
            Show all {order.length} steps
          </Button>
        </div>
      ) : null}
    </>
  );
}

interface RowProps {
  step: PathStep;
  strand: Strand | undefined;
  here: boolean;
  scale: number;
  total: bigint;
  own: bigint;
  onPoint: (on: boolean) => void;
}

function Row({ step, strand, here, scale, total, own, onPoint }: RowProps) {
  const router = useRouter();
  const time = useLocalTime();
  const colourOf = usePathColour();
  const ref = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    const box = ref.current?.closest('section');
    if (!here || !ref.current || !box || ref.current.matches(':hover')) return;
    const top = ref.current.offsetTop - 36;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + 80 > box.scrollTop + box.clientHeight) box.scrollTop = top + 80 - box.clientHeight;
  }, [here]);
  const href = step.decisionId ? `/decisions/${step.decisionId}` : null;
  const colour = colourOf(strand?.color ?? -1);
  const would = step.kind === 'refused' ? total + BigInt(step.amount) : total;
  const at = <span className={shared.mono}>{time(step.at, true)}</span>;
  return (
    <tr
      ref={ref}
      data-here={here || undefined}
      data-link={href ? true : undefined}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onFocus={() => onPoint(true)}
      onBlur={() => onPoint(false)}
      onClick={(event) => {
        if (href && !(event.target as Element).closest('a') && !window.getSelection()?.toString()) router.push(href);
      }}
    >
      <td>
        {href ? (
          <Link href={href} className={shared.quietLink} prefetch={false}>
            {at}
          </Link>
        ) : (
          at
        )}
      </td>
      <td>
        <span style={{ display: 'inline-flex', alignItems: 'center', gap: 7 }}>
          <span className={classes.swatch} style={{ background: colour }} aria-hidden />
          {strand?.label ?? 'no session named'}
        </span>
      </td>
      <td>
        {step.action ?? <span className={shared.dim}>{stepKind(step)}</span>}
        {step.action && step.kind !== 'settle' && step.kind !== 'refused' ? (
          <span className={shared.dim}> · {stepKind(step)}</span>
        ) : null}
      </td>
      <td data-align="right">{amountText(step.amount, scale)}</td>
      <td data-align="right">{amountText(own, scale)}</td>
      <td data-align="right">{amountText(would, scale)}</td>
      <td>{step.decisionId ? <VerdictBadge verdict={step.alone} /> : null}</td>
      <td>{step.decisionId && step.verdict ? <VerdictBadge verdict={step.verdict} /> : null}</td>
    </tr>
  );
}

function Hint({ label, children }: { label: string; children: string }) {
  return (
    <Tooltip label={label} multiline maw={320} withArrow events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what a column counts has to be readable by key */}
      <span className={classes.hint} tabIndex={0}>
        {children}
      </span>
    </Tooltip>
  );
}
