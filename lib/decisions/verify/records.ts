import { entryText as auditText } from '@/lib/audit/entry-text';
import { digest } from '@/lib/decisions/seal';
import type { ChainRecord } from '@/lib/decisions/verify/chain';
import {
  type AuditBody,
  type DecisionBody,
  dayPages,
  type EntryBody,
  type RecordKey,
} from '@/lib/decisions/verify/store';
import { differences, textOfDecision, textOfEntry } from '@/lib/decisions/verify/text';

export interface ReadRecord extends ChainRecord {
  kind: RecordKey['kind'];
  entries: number;
}

interface Group {
  key: RecordKey;
  decision?: DecisionBody;
  entries: EntryBody[];
  audit?: AuditBody;
}

/** The records of a day in chain order, each with the entries that belong to it. */
export async function* records(day: string): AsyncGenerator<ReadRecord> {
  let open: Group | undefined;
  for await (const { keys, bodies } of dayPages(day)) {
    for (const key of keys) {
      const entry = bodies.entries.get(key.at);
      const own = key.kind !== 'entry' || entry?.hash;
      if (!open || own || open.key.writer !== key.writer || open.key.seq !== key.seq) {
        if (open) yield recordOf(open);
        open = { key, entries: [] };
      }
      if (key.kind === 'decision') open.decision = bodies.decisions.get(key.at);
      else if (key.kind === 'audit') open.audit = bodies.audit.get(key.at);
      else if (entry) open.entries.push(entry);
    }
  }
  if (open) yield recordOf(open);
}

function recordOf({ key, decision, entries, audit }: Group): ReadRecord {
  const { writer, seq } = key;
  if (decision) {
    const text = textOfDecision(decision, entries);
    const seen = () => differences(decision);
    const name = `decision ${decision.id}`;
    return {
      kind: 'decision',
      entries: entries.length,
      writer,
      seq,
      name,
      digest: digest(text),
      hash: decision.hash,
      differences: seen,
    };
  }
  if (audit) {
    const name = `audit entry ${audit.id}`;
    return {
      kind: 'audit',
      entries: 0,
      writer,
      seq,
      name,
      digest: digest(auditText(audit)),
      hash: audit.hash,
      differences: () => '',
    };
  }
  const entry = entries[0]!;
  const name = `ledger entry ${entry.revision} of exposure ${entry.exposure_id}`;
  return {
    kind: 'entry',
    entries: entries.length,
    writer,
    seq,
    name,
    digest: digest(textOfEntry(entry)),
    hash: entry.hash,
    differences: () => '',
  };
}
