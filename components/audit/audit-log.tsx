'use client';

import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { AuditDetail } from '@/components/audit/audit-detail';
import { AuditFilters } from '@/components/audit/audit-filters';
import { type LogActions, LogStandingPanel } from '@/components/audit/log-standing';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { shortened } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import ui from '@/components/ui/ui.module.css';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { AUDIT_FILTERS, actionWords } from '@/lib/audit/format';
import type { AuditRow } from '@/lib/audit/model';
import type { LogStanding } from '@/lib/decisions/verify/standing-model';
import type { Page } from '@/lib/http/model';

const targetOf = (row: AuditRow): string =>
  row.targetName ?? (row.targetId ? shortened(row.targetId, 18) : (row.targetType ?? '–'));

const columns = (open: (row: AuditRow) => void): Column<AuditRow>[] => [
  {
    key: 'at',
    header: 'Time',
    cell: (row) => (
      <button type="button" className={ui.rowButton} onClick={() => open(row)}>
        <When at={row.at} show="absolute" />
      </button>
    ),
  },
  {
    key: 'actor',
    header: 'Actor',
    cell: (row) => (
      <>
        {row.actorName} <span className={ui.panelNote}>{row.grantId ? 'with a role for a time' : row.actorKind}</span>
      </>
    ),
  },
  { key: 'action', header: 'Action', cell: (row) => <span className={ui.mono}>{row.action}</span> },
  {
    key: 'target',
    header: 'Target',
    cell: (row) => (
      <>
        {targetOf(row)} <span className={ui.panelNote}>{row.targetId ? row.targetType?.replaceAll('_', ' ') : ''}</span>
      </>
    ),
  },
  { key: 'reason', header: 'Reason', cell: (row) => (row.reason ? shortened(row.reason, 80) : '–') },
];

/** The newest entry, in words. */
function Latest({ row, filtered }: { row: AuditRow | undefined; filtered: boolean }) {
  if (!row) return filtered ? 'Nothing that was recorded matches.' : 'Nothing has been recorded yet.';
  return (
    <>
      {filtered ? 'The latest that matches' : 'The latest that was recorded'}: {actionWords(row.action)} by{' '}
      {row.actorName}, <When at={row.at} />.
    </>
  );
}

interface AuditLogProps extends LogActions {
  initial: Page<AuditRow> | undefined;
  actions: string[];
  standing: LogStanding;
}

export function AuditLog({ initial, actions, standing, prove, sign }: AuditLogProps) {
  const [filters] = useFilters(AUDIT_FILTERS);
  const list = useInfiniteApi<AuditRow>('/audit', filters, initial);
  const [open, setOpen] = useState<AuditRow>();
  return (
    <>
      <LogStandingPanel
        initial={standing}
        prove={prove}
        sign={sign}
        sub={<Latest row={list.rows[0]} filtered={Object.values(filters).some(Boolean)} />}
      />
      <AuditFilters actions={actions} />
      <Panel flush>
        <DataList
          caption="Audit log"
          list={list}
          rowKey={(row) => row.id}
          onRow={setOpen}
          empty={<EmptyState title="Nothing is recorded that matches">Widen the time or clear a filter.</EmptyState>}
          columns={columns(setOpen)}
        />
      </Panel>
      <Drawer
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
        position="right"
        size={480}
        title={open ? actionWords(open.action) : ''}
      >
        {open ? <AuditDetail row={open} /> : null}
      </Drawer>
    </>
  );
}
