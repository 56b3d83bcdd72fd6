import type { z } from 'zod';
import type { ActionResult } from '@/lib/http/model';
import type {
  Agreement,
  CreateRuleInput,
  GuardrailsSet,
  guardrailsSchema,
  Undone,
  UpdateRuleInput,
} from '@/lib/responses/model';

type Reasoned = { id: string; reason?: string };

/** What can be answered to a response: the server actions its buttons are given as props. */
export interface AnswerActions {
  agree: (input: Reasoned) => Promise<ActionResult<Agreement>>;
  cancel: (input: Reasoned) => Promise<ActionResult<{ id: string }>>;
  undo: (input: Reasoned) => Promise<ActionResult<Undone>>;
}

/** What the settings page is given. */
export interface RuleActions {
  createRule: (input: CreateRuleInput) => Promise<ActionResult<{ id: string }>>;
  updateRule: (input: UpdateRuleInput) => Promise<ActionResult<{ id: string }>>;
  removeRule: (input: { id: string }) => Promise<ActionResult<{ id: string }>>;
  setGuardrails: (input: z.input<typeof guardrailsSchema>) => Promise<ActionResult<GuardrailsSet>>;
}
