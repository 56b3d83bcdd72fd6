import fs from 'node:fs';
import path from 'node:path';
import type { Ctx } from '@/lib/access/model';
import { signedOf } from '@/lib/decisions/checkpoint/keep';
import type { CheckpointText } from '@/lib/decisions/checkpoint/model';
import { checkpointBySeq } from '@/lib/decisions/checkpoint/store';
import { Lines, type WrittenFile, writeWhole } from '@/lib/decisions/evidence/lines';
import { type EvidenceQuery, type EvidenceSummary, MAX_DIGESTS, MAX_RECORDS } from '@/lib/decisions/evidence/model';
import { prove } from '@/lib/decisions/evidence/prove';
import { openingOf, placesOf, policySources, signedHeads } from '@/lib/decisions/evidence/store';
import { stretchesOf } from '@/lib/decisions/evidence/stretches';
import { readTraces } from '@/lib/decisions/read-traces';
import { byIds } from '@/lib/decisions/store';
import { clock } from '@/lib/platform/clock';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { publicKey, signText } from '@/lib/platform/signing';

const ROWS_AT_ONCE = 500;

const README = `Evidence from Braid: decisions about non-human identities, with the proof that they stand unchanged in its log.

Verify it with Node 20 or newer, in this folder, without a network and without Braid:

    node verify.mjs --key the-public-key-you-were-given.pem

decisions.ndjson   every decision with its trace, to read: why it came out as it did, one per line
records.ndjson     the sealed records: a decision with its ledger entries, a ledger entry of its own, or an audit entry
proofs.ndjson      stretches of the hash chains from these records to signed heads; of other records only digests
checkpoints.ndjson the signed checkpoints that hold those heads
policies/          the policy versions that the decisions name, by hash
manifest.json      what was asked, and the digest of every file; signed in manifest.sig
public-key.pem     the installation's public key, to compare with the one you were given

Amounts are in minor units. Times are UTC.
`;

/** Writes a bundle into an empty folder. Throws `input.too_large`, and `conflict` where the log can't be proven. */
export async function build(ctx: Ctx, query: EvidenceQuery, folder: string): Promise<EvidenceSummary> {
  const places = await placesOf(query, MAX_RECORDS + 1);
  if (places.length > MAX_RECORDS)
    throw new BraidError('input.too_large', `This is more than ${MAX_RECORDS} records: choose a shorter period.`);
  const heads = await signedHeads([...new Set(places.map((place) => place.writer))]);
  const stretches = stretchesOf(places, heads);
  const between = stretches.reduce((sum, one) => sum + one.to - one.from, 0n);
  if (between > BigInt(MAX_DIGESTS))
    throw new BraidError('input.too_large', 'Too many other records lie between these: choose a shorter period.');
  const summary: EvidenceSummary = {
    records: 0,
    decisions: 0,
    ledgerEntries: 0,
    auditEntries: 0,
    checkpoints: 0,
    name: path.basename(folder),
  };
  const records = await Lines.open(folder, 'records.ndjson');
  const proofs = await Lines.open(folder, 'proofs.ndjson');
  const told = await Lines.open(folder, 'decisions.ndjson');
  const hashes = new Set<string>();
  let waiting: string[] = [];
  const tell = async () => {
    const traces = await readTraces(waiting);
    const rows = new Map((await byIds(traces.map((one) => one.decisionId))).map((row) => [row.id, row]));
    for (const trace of traces) {
      for (const set of trace.sets) hashes.add(set.hash);
      await told.add({ ...rows.get(trace.decisionId), trace });
    }
    waiting = [];
  };
  await prove(stretches, {
    record: async (record, read) => {
      summary.records += 1;
      summary.ledgerEntries += read.entries;
      if (record.kind === 'audit') summary.auditEntries += 1;
      await records.add(record);
      if (record.kind !== 'decision') return;
      summary.decisions += 1;
      waiting.push(record.text.split('\n', 1)[0]!);
      if (waiting.length >= ROWS_AT_ONCE) await tell();
    },
    proof: (proof) => proofs.add(proof),
  });
  await tell();
  const files = [await records.close(), await proofs.close(), await told.close()];
  const used = [...new Set(stretches.map((one) => one.checkpoint))].sort((a, b) => (a < b ? -1 : 1));
  summary.checkpoints = used.length;
  const signed = await checkpoints(folder, used);
  files.push(signed.file);
  for (const { hash, source } of await policySources([...hashes]))
    files.push(await writeWhole(folder, `policies/${hash.slice(0, 32)}.yaml`, source));
  await seal(ctx, { query, folder, files, signed, opening: query.exposure ? await openingOf(query.exposure) : null });
  return summary;
}

async function checkpoints(folder: string, used: bigint[]) {
  const lines = await Lines.open(folder, 'checkpoints.ndjson');
  const keys = new Set<string>();
  let log: string | null = null;
  for (const seq of used) {
    const record = (await checkpointBySeq(seq.toString()))!;
    const signed = signedOf(record);
    keys.add(signed.publicKey);
    log = (JSON.parse(record.text) as CheckpointText).log;
    await lines.add(signed);
  }
  return { file: await lines.close(), keys: [...keys], log };
}

/** The manifest names every file by its digest, and is signed. */
async function seal(
  ctx: Ctx,
  args: {
    query: EvidenceQuery;
    folder: string;
    files: WrittenFile[];
    signed: { keys: string[]; log: string | null };
    opening: { revision: string; settled: string; held: string } | null;
  },
): Promise<void> {
  const { query, folder, files, signed, opening } = args;
  const key = publicKey();
  const script = fs.readFileSync(path.join(projectRoot(), 'lib/decisions/evidence/verify.mjs'));
  files.push(
    await writeWhole(folder, 'public-key.pem', key.pem),
    await writeWhole(folder, 'verify.mjs', script),
    await writeWhole(folder, 'README.txt', README),
  );
  const manifest = {
    format: 'braid.evidence.v1',
    log: signed.log,
    createdAt: clock.now().toISOString(),
    createdBy: ctx.actor.name,
    question: query,
    opening,
    publicKey: sha256Hex(key.spki),
    checkpointKeys: signed.keys,
    files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeWhole(folder, 'manifest.json', text);
  await writeWhole(folder, 'manifest.sig', signText(text).toString('base64'));
}
