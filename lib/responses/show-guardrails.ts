import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Guardrails } from '@/lib/responses/model';
import { readGuardrails } from '@/lib/responses/store';

/** What bounds every act: how many an hour, whom never, and from when on two have to agree. */
export async function showGuardrails(ctx: Ctx): Promise<Guardrails> {
  authorise(ctx, 'console.read');
  return readGuardrails();
}
