import type { Metadata } from 'next';
import { answers, ruleActions } from '@/app/(console)/responses/bundle';
import { RulePage } from '@/components/responses/rule-page';
import { currentOperator } from '@/lib/access/operator';
import { agreeing } from '@/lib/responses/agreeing';
import { list } from '@/lib/responses/list';
import { listRules } from '@/lib/responses/list-rules';
import { showGuardrails } from '@/lib/responses/show-guardrails';
import { suggestBounds } from '@/lib/responses/suggest-bounds';

export const metadata: Metadata = { title: 'Automatic response' };

export default async function ResponsesPage() {
  const ctx = await currentOperator();
  const [rules, guardrails, responses, operators, suggested] = await Promise.all([
    listRules(ctx),
    showGuardrails(ctx),
    list(ctx, {}),
    agreeing(),
    suggestBounds(ctx),
  ]);
  return (
    <RulePage
      rules={rules}
      guardrails={guardrails}
      responses={responses}
      actions={ruleActions}
      answers={answers}
      mayAgree={operators.length}
      suggested={suggested}
    />
  );
}
