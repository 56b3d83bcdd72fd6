import {
  applyPolicy,
  backtestPolicy,
  checkPolicy,
  discardPolicyDraft,
  endRuleExemption,
  exemptFromRule,
  promotePolicy,
  retirePolicy,
  rollBackPolicy,
  savePolicyDraft,
  testPolicy,
} from '@/app/(console)/policies/actions';
import type { EditorActions, PolicyActions } from '@/components/policies/actions-model';

/** What a policy set's page takes as `actions`. */
export const actions: PolicyActions = {
  promote: promotePolicy,
  rollBack: rollBackPolicy,
  retire: retirePolicy,
  test: testPolicy,
  exempt: exemptFromRule,
  endExemption: endRuleExemption,
};

/** What the editor takes. */
export const editorActions: EditorActions = {
  check: checkPolicy,
  test: testPolicy,
  backtest: backtestPolicy,
  save: savePolicyDraft,
  discard: discardPolicyDraft,
  apply: applyPolicy,
};
