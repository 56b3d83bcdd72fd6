'use client';

import { Button, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PolicyActions } from '@/components/policies/actions-model';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useMay } from '@/components/shell/operator-context';
import { useNow } from '@/components/ui/browser-clock';
import { FoundSelect } from '@/components/ui/found-select';
import { WorkflowSelect } from '@/components/workflows/workflow-select';

const SPANS = [
  { value: '4', label: '4 hours' },
  { value: '24', label: '1 day' },
  { value: '168', label: '1 week' },
  { value: '720', label: '30 days' },
  { value: 'at', label: 'until…' },
];
const KINDS = [
  { value: 'identity', label: 'One identity' },
  { value: 'workflow', label: 'All of a workflow' },
];
const HOUR_MS = 3_600_000;

export interface ExemptDialogProps {
  /** Guard rules that may be named, as `set/rule`. */
  rules: string[];
  /** The identity it is for, where that is settled. */
  identity?: { id: string; name: string };
  exempt: PolicyActions['exempt'];
}

/** Lets a rule not bind an identity, or all of a workflow, until a time, with a reason. */
export function ExemptButton({ rules, identity, exempt }: ExemptDialogProps) {
  const [opened, setOpened] = useState(false);
  const [rule, setRule] = useState<string | null>(rules[0] ?? null);
  const [kind, setKind] = useState('identity');
  const [chosen, setChosen] = useState<string | null>(identity?.id ?? null);
  const [span, setSpan] = useState('24');
  const [at, setAt] = useState('');
  const now = useNow();
  const queries = useQueryClient();
  const until = untilOf(span, at, now);
  if (!useMay('policy.manage')) return null;
  const confirm = async (reason: string, password?: string) => {
    const [set, id] = (rule ?? '').split('/') as [string, string];
    const result = await exempt({
      input: {
        set,
        rule: id,
        [kind === 'workflow' ? 'workflowId' : 'identityId']: chosen ?? '',
        until: until!,
        reason,
      },
      password,
    });
    if (!result.error) await queries.invalidateQueries({ queryKey: ['api', '/exemptions'] });
    return result;
  };
  return (
    <>
      <Button size="compact-sm" onClick={() => setOpened(true)} disabled={rules.length === 0}>
        Exempt…
      </Button>
      <ReasonDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={identity ? `Exempt ${identity.name} from a rule` : 'Exempt an identity or a workflow from a rule'}
        confirm={kind === 'workflow' ? 'Exempt all of it' : 'Exempt it'}
        danger
        disabled={!rule || !chosen || !until}
        onConfirm={confirm}
      >
        <Stack gap="sm">
          <Select label="Rule" data={rules} value={rule} onChange={setRule} allowDeselect={false} searchable />
          {identity ? null : (
            <SegmentedControl
              data={KINDS}
              value={kind}
              onChange={(next) => {
                setKind(next);
                setChosen(null);
              }}
              aria-label="Who"
              fullWidth
            />
          )}
          {identity ? null : kind === 'workflow' ? (
            <WorkflowSelect value={chosen} onChange={setChosen} />
          ) : (
            <FoundSelect
              path="/identities"
              label="Identity"
              nothing="No identity of that name"
              value={chosen}
              onChange={setChosen}
            />
          )}
          <SegmentedControl data={SPANS} value={span} onChange={setSpan} aria-label="How long" fullWidth />
          {span === 'at' ? (
            <TextInput
              type="datetime-local"
              label="Until (your local time)"
              value={at}
              onChange={(event) => setAt(event.currentTarget.value)}
            />
          ) : null}
          <span>
            The rule still fires and stands in every trace; it does not stop{' '}
            {kind === 'workflow' ? 'the identities that work for it then' : 'it'}. What is done is counted. Then it
            binds again by itself.
          </span>
        </Stack>
      </ReasonDialog>
    </>
  );
}

function untilOf(span: string, at: string, now: number | null): string | null {
  if (span !== 'at') return now === null ? null : new Date(now + Number(span) * HOUR_MS).toISOString();
  const ms = Date.parse(at);
  return Number.isNaN(ms) || (now !== null && ms <= now) ? null : new Date(ms).toISOString();
}
