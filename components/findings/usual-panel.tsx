'use client';

import { Anchor, Text } from '@mantine/core';
import { ExpectedList, type ForgetExpected } from '@/components/findings/expected-list';
import classes from '@/components/findings/findings.module.css';
import { ErrorState } from '@/components/ui/error-state';
import { Loading } from '@/components/ui/loading';
import { useApi } from '@/components/ui/use-api';
import { plural } from '@/lib/exposures/format';
import type { Usual } from '@/lib/findings/envelope-model';
import { bytesText } from '@/lib/platform/size-format';

const percent = (share: number): string =>
  share >= 0.995 ? 'all' : share < 0.01 ? '<1 %' : `${Math.round(share * 100)} %`;

function sentence(usual: Usual): string {
  if (usual.events === 0)
    return 'No event of it was read from a connected system or a log, so there is nothing to hold against it yet. What it asks of the decision point is judged by policies, not by habit.';
  if (!usual.learned)
    return `Nothing is strange for it yet: it was seen on ${usual.days} ${plural(usual.days, 'day')}, and three with fifty events are needed.`;
  const peak =
    usual.peak === null
      ? ''
      : ` It never has more than ${usual.peak} ${plural(usual.peak, 'session')} at once; ${usual.strangeFrom} are strange.`;
  return `Learned on ${usual.days} ${plural(usual.days, 'day')} from ${usual.events} ${plural(usual.events, 'event')} in ${usual.sessions} ${plural(usual.sessions, 'session')}.${peak}`;
}

/** What this identity usually does: what detection holds against it. */
export function UsualPanel({ identityId, forget }: { identityId: string; forget: ForgetExpected }) {
  const { data: usual, error } = useApi<Usual>(`/identities/${identityId}/usual`);
  if (error) return <ErrorState message={error.message} />;
  if (!usual) return <Loading />;
  return (
    <div className={classes.usual}>
      <Text size="sm" mb="sm">
        {sentence(usual)}
      </Text>
      {usual.events === 0 ? null : <Columns usual={usual} />}
      {usual.operators.length === 0 ? null : (
        <Text size="xs" c="dimmed" mt="xs">
          Operators of networks (AS): RouteViews, NRO and <Anchor href="https://db-ip.com">IP to ASN by DB-IP</Anchor>.
        </Text>
      )}
      <ExpectedList identityId={identityId} rows={usual.expected} forget={forget} />
    </div>
  );
}

function Columns({ usual }: { usual: Usual }) {
  return (
    <div className={classes.usualColumns}>
      <Names title="From" rows={[...usual.countries, ...usual.operators, ...usual.networks]} none="no network told" />
      <Names title="With" rows={usual.agents} none="no client told" />
      <Names title="Does" rows={usual.actions} none="opens and closes only" />
      <section>
        <h3>When (UTC)</h3>
        <Hours hours={usual.hours} />
        <dl className={classes.facts}>
          <Row name="most in an hour" value={usual.mostEventsAnHour} />
          <Row name="reads" value={usual.mostReadsAnHour} />
          <Row name="exports" value={usual.mostExportsAnHour} />
          {usual.mostBytesAnHour === null ? null : <Row name="data" value={bytesText(usual.mostBytesAnHour)} />}
          <Row name="in a minute" value={usual.busiestMinute} />
        </dl>
      </section>
    </div>
  );
}

const Row = ({ name, value }: { name: string; value: number | string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{typeof value === 'string' ? value : value.toLocaleString('en-GB').replaceAll(',', ' ')}</dd>
  </div>
);

function Names({ title, rows, none }: { title: string; rows: Usual['networks']; none: string }) {
  return (
    <section>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <ul className={classes.names}>
          {rows.slice(0, 8).map((row) => (
            <li key={row.name}>
              <span className={classes.code}>{row.name}</span>
              <span>{percent(row.share)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** One bar an hour, as high as its share of the busiest. */
const CLOCK = Array.from({ length: 24 }, (_, hour) => hour);

function Hours({ hours }: { hours: number[] }) {
  const busy = hours.flatMap((share, hour) => (share > 0 ? [hour] : []));
  const said =
    busy.length === 0
      ? 'no hour yet'
      : `${busy.length} of 24 hours, busiest at ${hours.indexOf(Math.max(...hours))}:00`;
  return (
    <svg viewBox="0 0 192 40" className={classes.hours} role="img" aria-label={`Active in ${said}`}>
      {CLOCK.map((hour) => (
        <rect
          key={hour}
          x={hour * 8}
          width={6}
          y={38 - Math.max(1, hours[hour]! * 36)}
          height={Math.max(1, hours[hour]! * 36)}
          rx={1}
        />
      ))}
    </svg>
  );
}
