'use client';

import { Text } from '@mantine/core';
import classes from '@/components/revocations/revocations.module.css';
import { duration } from '@/components/ui/dates';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { amountText } from '@/lib/exposures/format';
import type { AtStake as Stake } from '@/lib/revocations/stake/model';

const several = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

const worthText = (worth: Stake['holds']['worth']): string =>
  worth.length ? ` of ${worth.map((one) => amountText(one.amount, one.scale, one.unit)).join(' and ')}` : '';

function approvalsText({ waiting, given }: Stake['approvals']): string {
  const parts = [
    ...(waiting ? [`${several(waiting, 'approval')} ${waiting === 1 ? 'waits' : 'wait'}`] : []),
    ...(given ? [`${several(given, 'given approval')} ${given === 1 ? 'is' : 'are'} not used up`] : []),
  ];
  return `${parts.join(', ')}: nothing passes on them while it is closed.`;
}

function passingText({ passing, minutes, bindsMs, bindsMeasured }: Stake): string | null {
  const now = passing.filter((one) => one.until !== '0');
  if (now.length === 0) return null;
  const say = (minor: string, one: Stake['passing'][number]) => amountText(minor, one.scale, one.unit);
  const rate = now.map((one) => say(one.perMinute, one)).join(' and ');
  const more = now.map((one) => say(one.until, one)).join(' and ');
  return `${rate} a minute passed over the last ${minutes} min: at that pace at most ${more} more until Braid refuses (${duration(bindsMs)}${bindsMeasured ? '' : ' as declared'}).`;
}

function Lines({ stake }: { stake: Stake }) {
  const { holds, allotted, jobs, jobsTotal, approvals, tasks, tasksTotal } = stake;
  const passing = passingText(stake);
  return (
    <>
      {jobs.map((job) => (
        <li key={`${job.what} ${job.session}`}>
          <b>{job.what}</b> is held by {job.session}: left undone. Its lease ends by itself <When at={job.until} />.
        </li>
      ))}
      {jobsTotal > jobs.length ? <li>{several(jobsTotal - jobs.length, 'more lease')} held.</li> : null}
      {tasks.length ? (
        <li>
          At work on {tasks.join(', ')}
          {tasksTotal > tasks.length ? ` and ${tasksTotal - tasks.length} more` : ''}: not completed by this.
        </li>
      ) : null}
      {holds.count ? (
        <li>
          {several(holds.count, 'open reservation')}
          {worthText(holds.worth)}: counted until settled, given back or over.
        </li>
      ) : null}
      {allotted.count ? (
        <li>
          {several(allotted.count, 'allotment')}
          {worthText(allotted.worth)}: can be spent without asking until reported or over, whoever is ended.
        </li>
      ) : null}
      {approvals.waiting + approvals.given ? <li>{approvalsText(approvals)}</li> : null}
      {passing ? <li>{passing}</li> : null}
    </>
  );
}

/** What is in flight, and what becomes of it. Read beside the action: the click does not wait for it. */
export function AtStake({ query }: { query: Record<string, string> }) {
  const { data } = useApi<Stake>('/revocations/at-stake', query, { everyMs: false });
  if (!data) return null;
  const { holds, allotted, jobsTotal, approvals, tasksTotal } = data;
  const none = holds.count + allotted.count + jobsTotal + approvals.waiting + approvals.given + tasksTotal === 0;
  if (none && passingText(data) === null)
    return (
      <Text size="sm" c="dimmed">
        Nothing is in flight: no reservation, lease, approval or task of it is open, and nothing of value passed in the
        last {data.minutes} min.
      </Text>
    );
  return (
    <ul className={classes.also} aria-label="In flight">
      <Lines stake={data} />
    </ul>
  );
}
