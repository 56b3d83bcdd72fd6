import {
  addRule,
  agreeToResponse,
  cancelResponse,
  changeGuardrails,
  changeRule,
  dropRule,
  undoResponse,
} from '@/app/(console)/responses/actions';
import type { AnswerActions, RuleActions } from '@/lib/responses/actions-model';

export const answers: AnswerActions = { agree: agreeToResponse, cancel: cancelResponse, undo: undoResponse };
export const ruleActions: RuleActions = {
  createRule: addRule,
  updateRule: changeRule,
  removeRule: dropRule,
  setGuardrails: changeGuardrails,
};
