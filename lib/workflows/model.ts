import { z } from 'zod';
import { listQuery } from '@/lib/http/model';
import { identityRowSchema } from '@/lib/identities/model';
import { exposureSchema } from '@/lib/identities/standing-model';

/** Identities of one workflow at most; each shows on its page. */
export const MAX_IDENTITIES = 500;

const id = z.uuid();
const name = z.string().trim().min(1, 'needs a name').max(200);
const reason = z.string().trim().min(3, 'says why, in a few words').max(2000);
const identityIds = z.array(id).min(1, 'names no identity').max(200);

export const workflowIdSchema = z.strictObject({ id });
export const createWorkflowSchema = z.strictObject({ name, identityIds: identityIds.optional() });
export type CreateWorkflow = z.input<typeof createWorkflowSchema>;
export const renameWorkflowSchema = z.strictObject({ id, name });
export type RenameWorkflow = z.input<typeof renameWorkflowSchema>;
export const removeWorkflowSchema = z.strictObject({ id, reason });
export type RemoveWorkflow = z.input<typeof removeWorkflowSchema>;
export const addIdentitiesSchema = z.strictObject({ id, identityIds });
export type AddIdentities = z.input<typeof addIdentitiesSchema>;
export const takeIdentitiesSchema = z.strictObject({ id, identityIds, reason });
export type TakeIdentities = z.input<typeof takeIdentitiesSchema>;

export const workflowListQuerySchema = z.strictObject({ ...listQuery });
export type WorkflowListQuery = z.input<typeof workflowListQuerySchema>;

/** A set of identities that act for one purpose; limits can span it. */
export const workflowRowSchema = z.strictObject({
  id,
  name: z.string().max(200),
  identities: z.number().int(),
  /** Over all its identities, now. */
  liveSessions: z.number().int(),
  createdAt: z.string().max(40),
});
export type WorkflowRow = z.infer<typeof workflowRowSchema>;

export const workflowDetailSchema = workflowRowSchema.extend({
  /** Its identities, those with most live sessions first; at most 200, the list of identities has them all. */
  members: z.array(identityRowSchema).max(200),
  /** What is counted over all of them together, nearest to its limit first. */
  exposures: z.array(exposureSchema).max(100),
});
export type WorkflowDetail = z.infer<typeof workflowDetailSchema>;
