import { canonical } from '@/lib/decisions/canonical';
import type { Answer, Item } from '@/lib/decisions/request-model';
import type { KeyRow } from '@/lib/exposures/ledger/keys';
import type { Question } from '@/lib/policies/compiled-model';

/** A stored answer is one of the log's: an allow of the same request by the same identity, with the same hold. */
export function isLogged({ logged, decision_id, response }: KeyRow, item: Item, { identity }: Question): boolean {
  if (!logged || !response) return false;
  const { decision, context } = JSON.parse(response) as Answer;
  const braid = context.braid as { decision_id?: string; verdict?: string; hold_id?: string };
  return (
    decision === true &&
    braid.verdict === 'allow' &&
    braid.decision_id === decision_id &&
    (braid.hold_id ?? null) === logged.holdId &&
    logged.identityId === identity.id &&
    logged.request === (item.text ?? canonical(item.asked))
  );
}
