'use client';

import { Button, Group, NumberInput, Popover, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import classes from '@/components/revocations/revocations.module.css';
import { SystemTimesTable } from '@/components/revocations/system-times';
import { useMay } from '@/components/shell/operator-context';
import { duration } from '@/components/ui/dates';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { Times } from '@/lib/revocations/times/model';

type SetTarget = (input: { ms: number }) => Promise<{ error?: { message: string } }>;

function Target({ ms, setTarget }: { ms: number; setTarget: SetTarget }) {
  const may = useMay('response.manage');
  const [opened, setOpened] = useState(false);
  const [seconds, setSeconds] = useState<number | string>(ms / 1_000);
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const ms = seconds === '' ? Number.NaN : Math.round(Number(seconds) * 1_000);
    if (!(ms >= 100 && ms <= 86_400_000)) return setError('A target is a number of seconds from 0.1 to 86,400.');
    const answer = await setTarget({ ms });
    setError(answer.error?.message);
    if (answer.error) return;
    setOpened(false);
    void client.invalidateQueries({ queryKey: ['api', '/revocations/times'] });
  };
  const said = `Target ${duration(ms)} from click to verified`;
  if (!may) return <>{said}</>;
  return (
    <Group gap={8} wrap="nowrap">
      <span>{said}</span>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button size="compact-xs" onClick={() => setOpened(!opened)}>
            Change…
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <form onSubmit={save} noValidate>
            <Stack gap="xs">
              <NumberInput
                label="Seconds"
                value={seconds}
                onChange={setSeconds}
                min={0.1}
                max={86_400}
                step={0.5}
                clampBehavior="none"
                error={error}
              />
              <Button type="submit" variant="filled" size="xs">
                Set target
              </Button>
            </Stack>
          </form>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}

const SHOWN = 12;

/** From first seen to the click, and from the click to the proof, one bar each: the longest is the whole width. */
function Exposed({ times }: { times: Times }) {
  const rows = times.exposed.slice(0, SHOWN);
  if (!rows.length || !times.exposure) return null;
  const most = Math.max(...rows.map((one) => one.ms), 1);
  return (
    <Panel
      title="Exposure after detection"
      note={`from first seen to proven ended: ${duration(times.exposure.p50)} in the median, p95 ${duration(times.exposure.p95)}, of ${times.exposure.count}`}
    >
      <ul className={classes.exposed}>
        {rows.map((one) => {
          const before = Math.max(Date.parse(one.requestedAt) - Date.parse(one.seenAt), 0);
          return (
            <li key={one.revocationId} className={classes.exposure}>
              <Link href={`/revocations/${one.revocationId}`} className="mono">
                {one.identityName}
              </Link>
              <span className={classes.bar} aria-hidden>
                <i style={{ width: `${(before / most) * 100}%` }} data-part="before" />
                <i style={{ width: `${Math.max(((one.ms - before) / most) * 100, 0.5)}%` }} data-part="after" />
              </span>
              <span>
                {duration(one.ms)}
                {one.verifiedAt ? '' : ' so far'} · <Link href={`/findings/${one.findingId}`}>seen</Link>{' '}
                <When at={one.seenAt} />
              </span>
            </li>
          );
        })}
      </ul>
      <Text size="xs" c="dimmed">
        Grey: until somebody asked for it. Blue: until it was proven.
      </Text>
    </Panel>
  );
}

/** Time to revoke of every system beside what it declares, and how long what was found stayed open. */
export function TimesPanel({ times, setTarget }: { times: Times; setTarget: SetTarget }) {
  return (
    <div className={classes.times}>
      <Panel title="Time to revoke, last 90 days" note={<Target ms={times.targetMs} setTarget={setTarget} />}>
        <SystemTimesTable systems={times.systems} />
      </Panel>
      <Exposed times={times} />
    </div>
  );
}
