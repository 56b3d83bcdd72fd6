import { answerOf } from '@/lib/decisions/answer';
import { written } from '@/lib/decisions/canonical';
import type { Item } from '@/lib/decisions/request-model';
import type { Meter } from '@/lib/policies/compiled-model';
import type { Judgement } from '@/lib/policies/evaluate';
import type { Standing } from '@/lib/policies/views-evaluate';

interface Hold {
  id: string;
  expiresMs: number;
}

/** The answer as the JSON that is sent. Most say little, and are written as they stand; `answerOf` says the same of any. */
export function answerText(item: Item, judgement: Judgement, atMs: number, hold: Hold | null): string {
  const { verdict, reason, message, alone, ruleId, policySet, access, obligations, warnings } = judgement;
  const asks = access.used !== null || access.refused !== null || access.requestable.length > 0;
  if (verdict === 'step_up' || asks || item.point || obligations.length > 0 || warnings.length > 0)
    return JSON.stringify(answerOf(item, judgement, atMs, hold));
  const id = item.decisionId;
  return `{"decision":${verdict === 'allow'},"context":{"reason":"${reason}"${
    message ? `,"message":${written(message)}` : ''
  },"evaluation_id":"${id}","evaluated_at":"${iso(atMs)}","braid":{"decision_id":"${id}","verdict":"${verdict}"${
    alone ? `,"alone":"${alone}"` : ''
  }${ruleId ? `,"rule_id":${written(ruleId)},"policy_set":${policySet === null ? null : written(policySet)}` : ''}${
    hold ? `,"hold_id":"${hold.id}","expires_at":"${new Date(hold.expiresMs).toISOString()}"` : ''
  }${item.braid.dry_run ? ',"dry_run":true' : ''},"exposures":[${exposuresText(judgement.exposures)}]}}}`;
}

let lastMs = 0;
let lastText = new Date(0).toISOString();
/** A batch has one instant: its text is made once. */
function iso(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

/** What of an exposure stands before and behind its key in every answer. A meter is of one set. */
const meters = new WeakMap<Meter, { before: string; behind: string }>();

function partsOf({ set, meter }: Standing['touch']): { before: string; behind: string } {
  let parts = meters.get(meter);
  if (!parts) {
    const unit = meter.unit ? `,"unit":${written(meter.unit)}` : '';
    parts = {
      before: `{"set":${written(set)},"meter":${written(meter.name)},"scope":${written(meter.scope.slice(0, 200))},"key":`,
      behind: `${unit},"scale":${meter.scale}`,
    };
    meters.set(meter, parts);
  }
  return parts;
}

function exposuresText(exposures: readonly Standing[]): string {
  let text = '';
  for (const { touch, limit, settled, held, after } of exposures) {
    const { before, behind } = partsOf(touch);
    text += `${text ? ',' : ''}${before}${written(touch.key)}${behind}${
      limit === null ? '' : `,"limit":"${limit}"`
    },"settled":"${settled}","held":"${held}","after":"${after}"}`;
  }
  return text;
}
