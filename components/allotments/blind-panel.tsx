'use client';

import { Text } from '@mantine/core';
import classes from '@/components/allotments/allotments.module.css';
import { Badge } from '@/components/ui/badge';
import { DataList } from '@/components/ui/data-list';
import { Panel } from '@/components/ui/panel';
import { blindText, flagText, pointText } from '@/lib/allotments/format';
import type { BlindReport } from '@/lib/allotments/model';
import { amountText } from '@/lib/exposures/format';

type Point = BlindReport['points'][number];

const sums = (point: Point, of: 'given' | 'spent' | 'returned') =>
  point.variance
    .filter((one) => one[of] !== '0')
    .map((one) => amountText(one[of], one.scale, one.unit))
    .join(', ') || '–';

/** Enforcement points that the panel lists in a table. */
export const pointsThatCannotAsk = (report: BlindReport): Point[] =>
  report.points.filter((point) => point.mode !== 'online' || flagText(point));

/** What was decided without knowing shared state: the share of value, and every enforcement point that can't always ask. */
export function BlindPanel({ report }: { report: BlindReport }) {
  const points = pointsThatCannotAsk(report);
  return (
    <Panel title="Decided blind" note="value allowed in the seven days before the snapshot" flush={points.length > 0}>
      <div className={points.length > 0 ? classes.inset : undefined}>
        <Text size="sm" fw={600}>
          {blindText(report)}
        </Text>
        {report.units.length > 0 ? (
          <ul className={classes.units}>
            {report.units.map((one) => (
              <li key={one.unit}>
                <span className={classes.bar} aria-hidden>
                  {(['online', 'bounded', 'offline', 'legacy'] as const).map((mode) => (
                    <span key={mode} data-mode={mode} style={{ flexGrow: Number(one[mode]) }} />
                  ))}
                </span>
                <span className={classes.words}>
                  {amountText(one.online, one.scale, one.unit)} online
                  {one.bounded === '0' ? '' : ` · ${amountText(one.bounded, one.scale)} on a recent answer`}
                  {one.offline === '0' ? '' : ` · ${amountText(one.offline, one.scale)} out of allotments`}
                  {one.legacy === '0' ? '' : ` · ${amountText(one.legacy, one.scale)} told afterwards`}
                </span>
              </li>
            ))}
          </ul>
        ) : null}
        {points.length === 0 ? (
          <Text size="sm" c="dimmed" mt={6}>
            Every enforcement point asks about every request. Where one can not, give it a mode in Settings › API
            tokens.
          </Text>
        ) : null}
      </div>
      {points.length > 0 ? (
        <DataList
          caption="Enforcement points that can not always ask"
          rows={points}
          rowKey={(point) => point.tokenId}
          empty={null}
          columns={[
            { key: 'name', header: 'Enforcement point', cell: (point) => point.name },
            { key: 'mode', header: 'Mode', width: 190, cell: (point) => pointText(point) },
            { key: 'given', header: 'Given', width: 120, align: 'right', cell: (point) => sums(point, 'given') },
            { key: 'spent', header: 'Spent', width: 120, align: 'right', cell: (point) => sums(point, 'spent') },
            { key: 'back', header: 'Given back', width: 120, align: 'right', cell: (point) => sums(point, 'returned') },
            {
              key: 'flag',
              header: 'Variance',
              cell: (point) => {
                const flag = flagText(point);
                return flag ? <Badge tone="amber">{flag}</Badge> : <span className={classes.dim}>none</span>;
              },
            },
          ]}
        />
      ) : null}
    </Panel>
  );
}
