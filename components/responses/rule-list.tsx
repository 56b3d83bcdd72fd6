'use client';

import { Button, Group, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import classes from '@/components/responses/responses.module.css';
import { howWords, thenWords, whenWords } from '@/components/responses/words';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import type { RuleActions } from '@/lib/responses/actions-model';
import { type CreateRuleInput, type RuleRow, SUGGESTED } from '@/lib/responses/model';

interface RuleListProps {
  rules: RuleRow[];
  actions: RuleActions;
  may: boolean;
  onEdit: (rule: RuleRow | CreateRuleInput) => void;
}

function OnOff({ rule, actions, may }: { rule: RuleRow; actions: RuleActions; may: boolean }) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const turn = async (on: boolean) => {
    setBusy(true);
    const { error } = await actions.updateRule({ id: rule.id, state: on ? 'enabled' : 'disabled' });
    setBusy(false);
    if (error) notifications.show({ color: 'red', message: error.message });
    await queries.invalidateQueries({ queryKey: ['api', '/responses/rules'] });
  };
  return (
    <Switch
      size="sm"
      aria-label={`${rule.name}: ${rule.state === 'enabled' ? 'on' : 'off'}`}
      checked={rule.state === 'enabled'}
      disabled={!may || busy}
      onChange={(event) => void turn(event.currentTarget.checked)}
    />
  );
}

/** Rules with their switch, and those worth having that are not there yet. */
export function RuleList({ rules, actions, may, onEdit }: RuleListProps) {
  const missing = SUGGESTED.filter((one) => !rules.some((rule) => rule.name === one.name));
  return (
    <>
      <DataList
        caption="Rules that act on findings"
        rows={rules}
        rowKey={(rule) => rule.id}
        empty={
          <EmptyState title="No rule acts by itself">
            Take one of those below, or write your own. It is off until you switch it on.
          </EmptyState>
        }
        columns={[
          { key: 'on', header: 'On', width: 60, cell: (rule) => <OnOff rule={rule} actions={actions} may={may} /> },
          {
            key: 'name',
            header: 'Rule',
            cell: (rule) => (
              <>
                {rule.name}
                <span className={classes.dim}>when: {whenWords(rule)}</span>
              </>
            ),
          },
          {
            key: 'then',
            header: 'Then',
            cell: (rule) => (
              <>
                {thenWords(rule)}
                <span className={classes.dim}>{howWords(rule)}</span>
              </>
            ),
          },
          { key: 'done', header: 'Acted', align: 'right', width: 70, cell: (rule) => rule.done },
          { key: 'refused', header: 'Refused', align: 'right', width: 80, cell: (rule) => rule.refused },
          {
            key: 'edit',
            header: '',
            width: 80,
            cell: (rule) =>
              may ? (
                <Button size="xs" onClick={() => onEdit(rule)}>
                  Change…
                </Button>
              ) : null,
          },
        ]}
      />
      {may && missing.length ? (
        <div className={classes.suggested}>
          <span>Worth having:</span>
          <Group gap="xs">
            {missing.map((one) => (
              <Button key={one.name} size="xs" onClick={() => onEdit(one)}>
                {one.name}…
              </Button>
            ))}
          </Group>
        </div>
      ) : null}
    </>
  );
}
