import { entryText as auditText } from '@/lib/audit/entry-text';
import { digest } from '@/lib/decisions/seal';
import type { ChainRecord } from '@/lib/decisions/verify/chain';
import {
  type AuditBody,
  type DecisionBody,
  dayPages,
  type EntryBody,
  type RecordKey,
  type Stretch,
} from '@/lib/decisions/verify/store';
import { differences, textOfDecision, textOfEntry } from '@/lib/decisions/verify/text';

export interface ReadRecord extends ChainRecord {
  kind: RecordKey['kind'];
  entries: number;
  /** As it is sealed. */
  text: string;
}

interface Group {
  key: RecordKey;
  decision?: DecisionBody;
  entries: EntryBody[];
  audit?: AuditBody;
}

/** The records of a day in chain order (of these stretches only), each with the entries that belong to it. */
export async function* records(day: string, stretches?: Stretch[]): AsyncGenerator<ReadRecord> {
  let open: Group | undefined;
  for await (const { keys, bodies } of dayPages(day, stretches)) {
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

function recordOf(group: Group): ReadRecord {
  const { writer, seq } = group.key;
  const { name, text, hash } = contentOf(group);
  const { decision, entries } = group;
  return {
    kind: decision ? 'decision' : group.audit ? 'audit' : 'entry',
    entries: entries.length,
    writer,
    seq,
    name,
    text,
    digest: digest(text),
    hash,
    differences: () => (decision ? differences(decision) : ''),
  };
}

function contentOf({ decision, entries, audit }: Group): { name: string; text: string; hash: Buffer | null } {
  if (decision)
    return { name: `decision ${decision.id}`, text: textOfDecision(decision, entries), hash: decision.hash };
  if (audit) return { name: `audit entry ${audit.id}`, text: auditText(audit), hash: audit.hash };
  const entry = entries[0]!;
  const name = `ledger entry ${entry.revision} of exposure ${entry.exposure_id}`;
  return { name, text: textOfEntry(entry), hash: entry.hash };
}
