import { checkpointsAfter, drops } from '@/lib/decisions/checkpoint/store';
import { Tree } from '@/lib/decisions/checkpoint/tree';
import type { EvidenceProof, EvidenceRecord } from '@/lib/decisions/evidence/model';
import type { ProofStretch } from '@/lib/decisions/evidence/stretches';
import { genesis, link } from '@/lib/decisions/seal';
import { type ReadRecord, records } from '@/lib/decisions/verify/records';
import { days, hashAt, writerRows } from '@/lib/decisions/verify/store';
import { BraidError } from '@/lib/platform/errors';

const DAY_MS = 86_400_000;
const CHECKPOINTS_AT_ONCE = 500;

const broken = (writer: string, seq: bigint): BraidError =>
  new BraidError(
    'conflict',
    `The log can't be proven at record ${seq} of writer ${writer}: run braid audit verify, which says what is wrong.`,
  );

/** A stretch on its way through the days. */
interface Open {
  stretch: ProofStretch;
  seq: bigint;
  previous: Buffer;
  hash: Buffer;
  digests: Buffer[];
}

export interface Sink {
  record(record: EvidenceRecord, read: ReadRecord): Promise<void>;
  proof(proof: EvidenceProof): Promise<void>;
}

/** Reads the stretches, a day at a time, and hands their wanted records and their proofs to `sink`. Throws `conflict` where the log is broken. */
export async function prove(stretches: ProofStretch[], sink: Sink): Promise<void> {
  const paths = await pathsOf(stretches);
  const open = new Map<string, Open>();
  for (const day of await days()) {
    const here = stretches.filter((one) => one.firstDay <= day && day <= dayAfter(one.lastDay));
    if (here.length === 0) continue;
    const wanted = here.map((one) => ({ ...one, from: one.from > 1n ? one.from - 1n : 1n }));
    const before = new Map<string, Buffer>();
    for await (const record of records(day, wanted)) {
      const stretch = here.find(
        (one) => one.writer === record.writer && one.from <= record.seq && record.seq <= one.to,
      );
      if (record.hash) before.set(`${record.writer}/${record.seq}`, record.hash);
      if (!stretch) continue;
      const key = `${stretch.writer}/${stretch.from}`;
      const state = open.get(key) ?? (await begin(stretch, before.get(`${record.writer}/${stretch.from - 1n}`)));
      open.set(key, state);
      await step(state, record, sink);
      if (state.seq < stretch.to) continue;
      open.delete(key);
      await sink.proof(finished(state, paths));
    }
  }
  const [left] = open.values();
  if (left) throw broken(left.stretch.writer, left.seq + 1n);
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

async function begin(stretch: ProofStretch, known: Buffer | undefined): Promise<Open> {
  const previous = known ?? (await hashBefore(stretch));
  return { stretch, seq: stretch.from - 1n, previous, hash: previous, digests: [] };
}

/** Of the record before a stretch: of an earlier day, of a day that was dropped, or the chain's beginning. */
async function hashBefore({ writer, from }: ProofStretch): Promise<Buffer> {
  if (from === 1n) {
    const row = (await writerRows()).find((one) => one.id === writer);
    if (row) return genesis(row.id, row.links);
  }
  const there = await hashAt(writer, from - 1n);
  if (there) return Buffer.from(there, 'hex');
  const floor = (await drops())
    .flatMap((drop) => drop.floors)
    .find((one) => one.writer === writer && BigInt(one.seq) === from - 1n);
  if (floor) return Buffer.from(floor.hash, 'hex');
  throw broken(writer, from - 1n);
}

async function step(state: Open, record: ReadRecord, sink: Sink): Promise<void> {
  const { writer, wanted } = state.stretch;
  if (record.seq !== state.seq + 1n) throw broken(writer, state.seq + 1n);
  state.hash = link(state.hash, writer, record.seq, record.digest);
  if (!record.hash?.equals(state.hash)) throw broken(writer, record.seq);
  state.seq = record.seq;
  state.digests.push(record.digest);
  if (!wanted.has(record.seq)) return;
  await sink.record({ kind: record.kind, writer, seq: record.seq.toString(), text: record.text }, record);
}

function finished({ stretch, previous, hash, digests }: Open, paths: Map<string, SignedPath>): EvidenceProof {
  const signed = paths.get(`${stretch.checkpoint}/${stretch.writer}`);
  if (!signed || signed.seq !== stretch.to || signed.hash !== hash.toString('hex'))
    throw broken(stretch.writer, stretch.to);
  return {
    writer: stretch.writer,
    from: stretch.from.toString(),
    to: stretch.to.toString(),
    previous: previous.toString('hex'),
    digests: Buffer.concat(digests).toString('base64'),
    checkpoint: stretch.checkpoint.toString(),
    path: signed.path,
  };
}

interface SignedPath {
  seq: bigint;
  hash: string;
  path: EvidenceProof['path'];
}

/** The way from each stretch's head to the root its checkpoint signed. */
async function pathsOf(stretches: ProofStretch[]): Promise<Map<string, SignedPath>> {
  const asked = new Map<bigint, Set<string>>();
  for (const one of stretches) asked.set(one.checkpoint, (asked.get(one.checkpoint) ?? new Set()).add(one.writer));
  const last = stretches.reduce((max, one) => (one.checkpoint > max ? one.checkpoint : max), 0n);
  const tree = new Tree();
  const places = new Map<string, number>();
  const paths = new Map<string, SignedPath>();
  for (let after = 0n; after < last; ) {
    const page = await checkpointsAfter(after, CHECKPOINTS_AT_ONCE);
    if (page.length === 0) break;
    for (const { seq, heads } of page) {
      after = seq;
      for (const [writer, at, hash] of heads) {
        const place = places.get(writer) ?? tree.size;
        places.set(writer, place);
        tree.put(place, { writer, seq: at, hash });
      }
      for (const [writer, at, hash] of heads)
        if (asked.get(seq)?.has(writer))
          paths.set(`${seq}/${writer}`, { seq: BigInt(at), hash, path: tree.proof(places.get(writer)!) });
    }
  }
  return paths;
}
