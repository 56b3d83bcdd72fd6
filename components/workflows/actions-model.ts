import type { ActionResult } from '@/lib/http/model';
import type {
  AddIdentities,
  CreateWorkflow,
  RemoveWorkflow,
  RenameWorkflow,
  TakeIdentities,
} from '@/lib/workflows/model';

type Action<Input, Output> = (input: Input) => Promise<ActionResult<Output>>;

/** What can be done with workflows. */
export interface WorkflowActions {
  create: Action<CreateWorkflow, { id: string; name: string }>;
  rename: Action<RenameWorkflow, { id: string; name: string }>;
  remove: Action<RemoveWorkflow, { id: string }>;
  add: Action<AddIdentities, { id: string; changed: number }>;
  take: Action<TakeIdentities, { id: string; changed: number }>;
}
