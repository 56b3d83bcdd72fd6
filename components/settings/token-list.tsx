'use client';

import { Button, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { type MadeToken, NewToken } from '@/components/settings/new-token';
import { PointDialog } from '@/components/settings/point-dialog';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import ui from '@/components/ui/ui.module.css';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { CreateTokenInput, RevokeTokenInput, SetPointInput, TokenRow } from '@/lib/access/model';
import { pointText } from '@/lib/allotments/format';
import type { ActionResult, Page } from '@/lib/http/model';

interface TokenListProps {
  initial: Page<TokenRow>;
  urls: { api: string; pdp: string };
  create: (input: CreateTokenInput) => Promise<ActionResult<MadeToken>>;
  revoke: (input: RevokeTokenInput) => Promise<ActionResult<TokenRow>>;
  setPoint: (input: SetPointInput) => Promise<ActionResult<TokenRow>>;
}

const sentence = (rows: TokenRow[]): string => {
  const active = rows.filter((row) => row.state === 'active');
  if (active.length === 0) return 'No service can ask Braid yet: there is no active token.';
  const endless = active.filter((row) => !row.expiresAt).length;
  const services = active.length === 1 ? '1 active token' : `${active.length} active tokens`;
  const without = endless === active.length ? (endless === 1 ? '' : 'all ') : `${endless} of them `;
  return `${services}${endless ? `, ${without}without an end` : ''}.`;
};

export function TokenList({ initial, urls, create, revoke, setPoint }: TokenListProps) {
  const list = useInfiniteApi<TokenRow>('/tokens', {}, initial);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenRow>();
  const [pointing, setPointing] = useState<TokenRow>();
  return (
    <>
      <PageHeader
        title={sentence(list.rows)}
        sub="Services ask for decisions, send events and use the REST API with these. A revoked token is refused within a second."
        actions={
          <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>
            Create token
          </Button>
        }
      />
      <Panel flush>
        <DataList
          caption="API tokens"
          list={list}
          rowKey={(row) => row.id}
          empty={
            <EmptyState
              title="No tokens yet"
              actions={<Button onClick={() => setMaking(true)}>Create the first one</Button>}
            >
              With a token, a service can ask whether its next request may go ahead.
            </EmptyState>
          }
          columns={[
            { key: 'name', header: 'Name', cell: (row) => <Named row={row} /> },
            { key: 'scopes', header: 'May', cell: (row) => row.scopes.join(', ') },
            { key: 'issuer', header: 'Issuer', cell: (row) => <span className={ui.mono}>{row.issuer}</span> },
            {
              key: 'mode',
              header: 'Enforces',
              cell: (row) =>
                row.state === 'active' && row.scopes.includes('decide') ? (
                  <Button size="compact-sm" title="How it knows shared state" onClick={() => setPointing(row)}>
                    {pointText(row)}
                  </Button>
                ) : (
                  pointText(row)
                ),
            },
            { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} /> },
            { key: 'used', header: 'Last used', cell: (row) => <When at={row.lastUsedAt} never="never" /> },
            { key: 'expires', header: 'Ends', cell: (row) => <When at={row.expiresAt} never="does not" /> },
            { key: 'made', header: 'Made', cell: (row) => <Made row={row} /> },
            {
              key: 'actions',
              header: '',
              align: 'right',
              cell: (row) =>
                row.state === 'active' ? (
                  <Button size="compact-sm" onClick={() => setRevoking(row)}>
                    Revoke…
                  </Button>
                ) : null,
            },
          ]}
        />
      </Panel>
      <NewToken opened={making} onClose={() => setMaking(false)} create={create} urls={urls} onCreated={list.retry} />
      {pointing ? (
        <PointDialog
          key={pointing.id}
          token={pointing}
          set={setPoint}
          onClose={() => setPointing(undefined)}
          onDone={() => {
            notifications.show({ message: `${pointing.name}: binds within a second.` });
            list.retry();
          }}
        />
      ) : null}
      <ConfirmDialog
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke ${revoking?.name ?? ''}`}
        confirm="Revoke this token"
        reasons={{
          no_longer_needed: 'No longer needed',
          exposed: 'Exposed or leaked',
          rotated: 'Replaced by a new one',
        }}
        onConfirm={async ({ reasonCode, reason }) => {
          const result = await revoke({
            id: revoking?.id ?? '',
            reason: [reasonCode, reason].filter(Boolean).join(': '),
          });
          if (!result.error) {
            notifications.show({ message: `${revoking?.name} is refused from now on.` });
            list.retry();
          }
          return result;
        }}
      >
        Whatever uses <strong>{revoking?.name}</strong> is refused within a second, and this can’t be undone.
        {revoking?.lastUsedAt ? (
          <span>
            {' '}
            It was last used <When at={revoking.lastUsedAt} />.
          </span>
        ) : (
          ' It was never used.'
        )}
      </ConfirmDialog>
    </>
  );
}

const Named = ({ row }: { row: TokenRow }) => (
  <>
    {row.name}
    <Text size="xs" c="dimmed" className={ui.mono}>
      {row.prefix}…
    </Text>
  </>
);

const Made = ({ row }: { row: TokenRow }) => (
  <>
    <When at={row.createdAt} />
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      by {row.createdBy}
    </Text>
  </>
);
