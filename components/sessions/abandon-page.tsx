'use client';

import { Alert, Button, Group, MultiSelect, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { Stat } from '@/components/ui/stat';
import { useApi } from '@/components/ui/use-api';
import { plural } from '@/lib/exposures/format';
import type { ActionResult } from '@/lib/http/model';
import type { AbandonRule, AbandonStanding, SetAbandonRule } from '@/lib/sessions/abandoned-model';
import { SESSION_KINDS } from '@/lib/sessions/model';

interface AbandonPageProps {
  initial: AbandonStanding;
  set: (input: SetAbandonRule) => Promise<ActionResult<AbandonRule>>;
}

const sentence = ({ flagged }: AbandonStanding): string =>
  flagged === 0
    ? 'No session stands open and left.'
    : `${flagged} ${plural(flagged, 'session stands', 'sessions stand')} open and left.`;

/** When a session that stands open counts as abandoned, and whether it is ended then. */
export function AbandonPage({ initial, set }: AbandonPageProps) {
  const { data = initial } = useApi<AbandonStanding>('/sessions/abandoned', {}, { initialData: initial });
  const [rule, setRule] = useState(initial.rule);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const may = useMay('policy.manage');
  const save = async () => {
    setBusy(true);
    const result = await set(rule);
    setBusy(false);
    setError(result.error?.message);
    if (result.data) notifications.show({ message: 'It binds within ten seconds.' });
  };
  const hours = (value: number | string, least: number) => Math.max(least, Math.round(Number(value) * 60));
  return (
    <>
      <PageHeader
        title={sentence(data)}
        sub="Somebody opened it, went away, and whoever comes by can go on in it. Connections that wait by nature are left alone: choose the kinds behind which somebody sits."
      />
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <Stat
            label="Flagged now"
            value={data.flagged}
            href="/sessions?abandoned=true"
            tone={data.flagged > 0 ? 'amber' : undefined}
          />
          <Stat label="Ended by this rule, 7 days" value={data.ended} href="/revocations?q=Abandoned" />
        </SimpleGrid>
        <Panel title="Rule">
          <Stack gap="sm" maw={560}>
            <NumberInput
              label="Abandoned after"
              description="Hours in which nothing was done in it"
              suffix=" h"
              min={0.1}
              max={720}
              decimalScale={1}
              value={rule.afterMins / 60}
              onChange={(value) => setRule({ ...rule, afterMins: hours(value, 5) })}
              disabled={!may}
            />
            <MultiSelect
              label="Kinds of sessions"
              description="Sessions that somebody consented to are looked at whatever their kind"
              data={[...SESSION_KINDS]}
              value={rule.kinds}
              onChange={(kinds) => setRule({ ...rule, kinds: kinds as AbandonRule['kinds'] })}
              disabled={!may}
              clearable
              clearButtonProps={{ 'aria-label': 'Clear kinds' }}
            />
            <Switch
              label="End them, too"
              checked={rule.endAfterMins !== null}
              onChange={(event) =>
                setRule({ ...rule, endAfterMins: event.currentTarget.checked ? rule.afterMins : null })
              }
              disabled={!may}
            />
            {rule.endAfterMins === null ? null : (
              <NumberInput
                label="End after"
                description="At its system where a connector can; else the decision point refuses it"
                suffix=" h"
                min={0.1}
                max={720}
                decimalScale={1}
                value={rule.endAfterMins / 60}
                onChange={(value) => setRule({ ...rule, endAfterMins: hours(value, 5) })}
                disabled={!may}
              />
            )}
            {error ? (
              <Alert color="red" variant="outline" title="Not kept" role="alert">
                {error}
              </Alert>
            ) : null}
            {may ? (
              <Group justify="flex-end">
                <Button variant="filled" onClick={() => void save()} loading={busy}>
                  Keep
                </Button>
              </Group>
            ) : null}
          </Stack>
        </Panel>
      </Stack>
    </>
  );
}
