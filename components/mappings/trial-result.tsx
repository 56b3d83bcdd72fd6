import { Alert, Text } from '@mantine/core';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import ui from '@/components/ui/ui.module.css';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { MappingTrial } from '@/lib/mappings/model';

type Row = MappingTrial['shown'][number];

function sentence({ records, events, rejected, skipped, identities, sessions }: MappingTrial): string {
  if (records === 0) return 'The mapping can be used. The sample holds no record to try it on.';
  const refused = rejected > 0 ? `, ${rejected} refused` : '';
  const left = skipped > 0 ? `, ${skipped} left out by “only”` : '';
  return `${events} ${plural(events, 'event')} of ${records} ${plural(records, 'record')}: ${identities} ${plural(identities, 'identity', 'identities')} in ${sessions} ${plural(sessions, 'session')}${refused}${left}.`;
}

/** What a mapping made of a sample; what is wrong with it where it can't be used. */
export function TrialResult({ trial }: { trial: MappingTrial }) {
  if (trial.problems.length > 0)
    return (
      <Alert color="red" variant="outline" title="This mapping can’t be used" role="alert" mt="md">
        <ul style={{ margin: 0, paddingLeft: 18 }}>
          {trial.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      </Alert>
    );
  const mono = (text: string | null) => <span className={ui.mono}>{text ?? '–'}</span>;
  return (
    <div style={{ marginTop: 16 }} aria-live="polite">
      <Text fw={600} mb={6}>
        {sentence(trial)}
      </Text>
      <DataList
        caption="What would be stored of the sample"
        rows={trial.shown}
        rowKey={(row: Row) => `${row.line} ${row.event?.at ?? row.reason}`}
        maxHeight={360}
        empty={<EmptyState title="No record" />}
        columns={[
          { key: 'line', header: 'Line', align: 'right', cell: (row: Row) => row.line, width: 60 },
          {
            key: 'at',
            header: 'Time',
            cell: (row: Row) => (row.event ? <When at={row.event.at} show="absolute" /> : `refused: ${row.reason}`),
          },
          { key: 'who', header: 'Identity', cell: (row: Row) => row.event?.identity ?? '' },
          { key: 'session', header: 'Session', cell: (row: Row) => (row.event ? mono(row.event.session) : '') },
          { key: 'action', header: 'Action', cell: (row: Row) => row.event?.action ?? '' },
          { key: 'class', header: 'Class', cell: (row: Row) => row.event?.class ?? '', width: 80 },
          { key: 'outcome', header: 'Outcome', cell: (row: Row) => row.event?.outcome ?? '', width: 90 },
          { key: 'network', header: 'Network', cell: (row: Row) => (row.event ? mono(row.event.network) : '') },
        ]}
      />
    </div>
  );
}
