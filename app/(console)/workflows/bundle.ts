import {
  addToWorkflow,
  createWorkflow,
  removeWorkflow,
  renameWorkflow,
  takeFromWorkflow,
} from '@/app/(console)/workflows/actions';
import type { WorkflowActions } from '@/components/workflows/actions-model';

/** What the pages of workflows take as `actions`. */
export const actions: WorkflowActions = {
  create: createWorkflow,
  rename: renameWorkflow,
  remove: removeWorkflow,
  add: addToWorkflow,
  take: takeFromWorkflow,
};
