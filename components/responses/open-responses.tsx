'use client';

import { ResponseList } from '@/components/responses/response-list';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import type { AnswerActions } from '@/lib/responses/actions-model';
import type { ResponseRow } from '@/lib/responses/model';

/** What waits for a second operator, or for its time. Nothing is drawn while nothing does. */
export function OpenResponses({ actions }: { actions: AnswerActions }) {
  const { data } = useApi<{ items: ResponseRow[] }>('/responses', { state: 'open' });
  const rows = data?.items ?? [];
  if (rows.length === 0) return null;
  const wanted = rows.filter((row) => row.state === 'proposed').length;
  return (
    <div style={{ marginBottom: 16 }}>
      <Panel
        title="Waiting"
        note={wanted ? `${wanted} for a second operator` : 'acts by themselves unless cancelled'}
        flush
      >
        <ResponseList rows={rows} actions={actions} />
      </Panel>
    </div>
  );
}
