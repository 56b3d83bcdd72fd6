import type { Ctx } from '@/lib/access/model';
import type { ApproveInput } from '@/lib/approvals/model';
import { companionsOf, hasSpokenFor, isOneOf, operatorEmail, type Stored } from '@/lib/approvals/store';

type Asked = Pick<Stored, 'identityId' | 'tokenId' | 'issuer'>;

/**
 * Why this actor may not approve this request, or null. Nobody approves what they asked for themselves: not from another
 * session of the same identity, not as another identity of the same workflow, and not with a credential through which any of
 * them speaks. A second session is no second person.
 */
export async function refuseOwn(ctx: Ctx, asked: Asked, approver?: ApproveInput['approver']): Promise<string | null> {
  const { actor } = ctx;
  const own = await companionsOf(asked.identityId);
  if (actor.kind === 'token') {
    if (actor.id === asked.tokenId) return 'This token asked for it: whoever asks does not approve.';
    if (await hasSpokenFor(actor.id, own))
      return 'This token has spoken for the identity that asks, or for one of its workflow: it does not approve for them.';
    if (!approver && (await isOneOf(own, { name: actor.name })))
      return 'This token bears the name of the identity that asks.';
  }
  if (actor.kind === 'operator') {
    const email = await operatorEmail(actor.id);
    if (email && (await isOneOf(own, { name: email }))) return 'You are the identity that asks, or of its workflow.';
  }
  if (actor.kind === 'cli' && (await isOneOf(own, { name: actor.name.replace(/^cli:/, '') })))
    return 'You are the identity that asks, or of its workflow.';
  if (approver) {
    const { type, id, session } = approver;
    if (await isOneOf(own, { name: id, type, issuer: asked.issuer }))
      return `${id} is the identity that asks, or of its workflow.`;
    if (session && (await isOneOf(own, { session })))
      return `Session ${session} is one of the identity that asks, or of its workflow.`;
  }
  return null;
}
