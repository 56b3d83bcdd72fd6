import type { Place } from '@/lib/decisions/evidence/store';

/** A signed head of a writer's chain. */
export interface SignedHead {
  writer: string;
  seq: bigint;
  checkpoint: bigint;
  day: string;
}

/** Records `from` to `to` of a writer, `to` being a signed head; on days `firstDay` to `lastDay`. */
export interface ProofStretch {
  writer: string;
  from: bigint;
  to: bigint;
  checkpoint: bigint;
  firstDay: string;
  lastDay: string;
  wanted: Set<bigint>;
}

/**
 * The stretches that prove these places: from the first of them to the next signed head, and so on. Pure. Places and heads
 * come in chain order. A place after the last head is left out.
 */
export function stretchesOf(places: Place[], heads: SignedHead[]): ProofStretch[] {
  const byWriter = new Map<string, SignedHead[]>();
  for (const head of heads) {
    const own = byWriter.get(head.writer);
    if (own) own.push(head);
    else byWriter.set(head.writer, [head]);
  }
  const stretches: ProofStretch[] = [];
  for (const place of places) {
    const open = stretches.at(-1);
    if (open && open.writer === place.writer && place.seq <= open.to) {
      open.wanted.add(place.seq);
      continue;
    }
    const head = byWriter.get(place.writer)?.find((one) => one.seq >= place.seq);
    if (!head) continue;
    const { writer, seq, day } = place;
    const lastDay = head.day > day ? head.day : day;
    stretches.push({
      writer,
      from: seq,
      to: head.seq,
      checkpoint: head.checkpoint,
      firstDay: day,
      lastDay,
      wanted: new Set([seq]),
    });
  }
  return stretches;
}
