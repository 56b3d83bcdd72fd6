import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Trace, Verification } from '@/lib/decisions/model';
import { genesis, seal } from '@/lib/decisions/seal';
import { type ChainRow, chainPage, writers } from '@/lib/decisions/store';
import { balance, sealedEntries } from '@/lib/exposures/balance';

const AT_ONCE = 5_000n;
const MAX_PROBLEMS = 100;

type Writer = Awaited<ReturnType<typeof writers>>[number];

/**
 * Walks every writer's chain record by record and adds the ledger up. Finds a changed byte, a missing or an added record,
 * a writer cut away, a decision whose columns differ from its trace, and counters that are not the sum of their log.
 */
export async function verify(ctx: Ctx): Promise<Verification> {
  authorise(ctx, 'console.read');
  const all = await writers();
  const problems: string[] = [];
  let decisions = 0;
  for (const writer of all) {
    decisions += await walk(ctx, writer, problems);
    problems.push(...brokenLinks(writer, all));
  }
  const ledger = await balance(ctx);
  problems.push(...ledger.problems);
  return {
    ok: problems.length === 0,
    decisions,
    ledgerEntries: ledger.entries,
    writers: all.length,
    exposures: ledger.exposures,
    problems: problems.slice(0, MAX_PROBLEMS),
  };
}

async function walk(ctx: Ctx, writer: Writer, problems: string[]): Promise<number> {
  let hash = genesis(writer.id, writer.links);
  let seq = 0n;
  let decisions = 0;
  while (seq < writer.seq) {
    const upTo = seq + AT_ONCE < writer.seq ? seq + AT_ONCE : writer.seq;
    const [rows, entries] = await Promise.all([
      chainPage(writer.id, seq, upTo),
      sealedEntries(ctx, writer.id, seq, upTo),
    ]);
    const records = new Map<bigint, { text: string; hash: Buffer; row?: ChainRow }>();
    for (const row of rows) records.set(row.seq, { text: row.trace, hash: row.hash, row });
    for (const entry of entries) records.set(entry.seq, entry);
    decisions += rows.length;
    for (seq += 1n; seq <= upTo; seq += 1n) {
      const record = records.get(seq);
      if (!record) {
        problems.push(`writer ${writer.id}: record ${seq} is missing`);
        return decisions;
      }
      hash = seal(hash, writer.id, seq, record.text);
      if (!hash.equals(record.hash)) {
        const what = record.row ? `decision ${record.row.id}` : `ledger entry ${seq}`;
        problems.push(`writer ${writer.id}: ${what} was changed (record ${seq})`);
        return decisions;
      }
      if (record.row && !agrees(record.row))
        problems.push(`decision ${record.row.id}: its columns differ from its trace`);
    }
    seq -= 1n;
  }
  if (!hash.equals(writer.hash)) problems.push(`writer ${writer.id}: its head is not the hash of its last record`);
  return decisions;
}

function agrees(row: ChainRow): boolean {
  const trace = JSON.parse(row.trace) as Trace;
  return (
    trace.decisionId === row.id &&
    trace.verdict === row.verdict &&
    trace.alone === row.alone &&
    trace.reason === row.reason &&
    trace.identity.id === row.identity_id
  );
}

/** A writer names the heads it found: one of them gone, or shorter than it was, has been cut. */
function brokenLinks(writer: Writer, all: Writer[]): string[] {
  const known = new Map(all.map((one) => [one.id, one]));
  return writer.links.flatMap((link) => {
    const other = known.get(link.id);
    if (!other) return [`writer ${link.id}, which writer ${writer.id} found, is gone`];
    return other.seq < BigInt(link.seq) ? [`writer ${link.id} is shorter than when writer ${writer.id} found it`] : [];
  });
}
