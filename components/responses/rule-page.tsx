'use client';

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { GuardrailsForm } from '@/components/responses/guardrails-form';
import { ResponseList } from '@/components/responses/response-list';
import classes from '@/components/responses/responses.module.css';
import { RuleDialog } from '@/components/responses/rule-dialog';
import { RuleList } from '@/components/responses/rule-list';
import { rulesSentence } from '@/components/responses/words';
import { useMay } from '@/components/shell/operator-context';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import type { AnswerActions, RuleActions } from '@/lib/responses/actions-model';
import type { CreateRuleInput, Guardrails, ResponseRow, RuleRow, SuggestedBounds } from '@/lib/responses/model';

interface RulePageProps {
  rules: { items: RuleRow[] };
  guardrails: Guardrails;
  responses: { items: ResponseRow[] };
  actions: RuleActions;
  answers: AnswerActions;
  /** Operators who may agree to what another one asks. */
  mayAgree: number;
  suggested: SuggestedBounds;
}

/** What is done without anybody looking, what bounds it, and what came of it. */
export function RulePage(props: RulePageProps) {
  const { rules: initial, guardrails, responses, actions, answers, mayAgree, suggested } = props;
  const may = useMay('response.manage');
  const { data: rules = initial } = useApi<typeof initial>('/responses/rules', {}, { initialData: initial });
  const { data: bounds = guardrails } = useApi<Guardrails>('/responses/guardrails', {}, { initialData: guardrails });
  const { data: acts = responses } = useApi<typeof responses>('/responses', {}, { initialData: responses });
  const [editing, setEditing] = useState<RuleRow | CreateRuleInput | null>(null);
  return (
    <>
      <PageHeader
        title={rulesSentence(rules.items)}
        sub="A rule acts when a finding is raised or has new evidence, once until its act is over and its pause has passed. Evidence older than an hour moves none."
        actions={
          may ? (
            <Button
              variant="filled"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => setEditing({ name: '', action: 'terminate' })}
            >
              Add a rule…
            </Button>
          ) : null
        }
      />
      <div className={classes.stack}>
        <Panel title="Rules" flush>
          <RuleList rules={rules.items} actions={actions} may={may} onEdit={setEditing} />
        </Panel>
        <Panel title="Guardrails" note="for every rule and policy; the last one for people too">
          <GuardrailsForm
            key={JSON.stringify(bounds)}
            guardrails={bounds}
            actions={actions}
            may={may}
            mayAgree={mayAgree}
            suggested={suggested}
          />
        </Panel>
        <Panel title="What came of it" flush>
          <ResponseList rows={acts.items} actions={answers} />
        </Panel>
      </div>
      {editing ? <RuleDialog rule={editing} actions={actions} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
