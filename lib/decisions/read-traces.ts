import { expandTrace, isV2 } from '@/lib/decisions/expand-trace';
import type { Trace } from '@/lib/decisions/model';
import { longHash, longId } from '@/lib/decisions/trace-format';
import { setsByHash } from '@/lib/policies/sets-by-hash';

/** Hashes of the sets a stored trace names. */
function hashesOf(text: string): string[] {
  const read = JSON.parse(text) as object;
  return isV2(read) ? read.sets.map(([, , hash]) => longHash(hash)) : [];
}

/** Stored traces in full, in the order they are given. Throws `internal` when a policy set they name is gone. */
export async function readTraces(texts: readonly string[]): Promise<Trace[]> {
  const sets = await setsByHash(texts.flatMap(hashesOf));
  return texts.map((text) => expandTrace(text, sets));
}

/** One stored trace in full. Throws as `readTraces`. */
export const readTrace = async (text: string): Promise<Trace> => (await readTraces([text]))[0]!;

/** What stands in a stored trace as columns repeat it; needs no policy set. Throws SyntaxError. */
export function headOf(text: string) {
  const read = JSON.parse(text) as object;
  if (!isV2(read)) {
    const { decisionId, verdict, alone, reason, identity } = read as Trace;
    return { decisionId, verdict, alone, reason, identityId: identity.id };
  }
  const { id, verdict, alone = null, reason = 'ok', identity } = read;
  return { decisionId: id, verdict, alone, reason, identityId: longId(identity[0]) };
}
