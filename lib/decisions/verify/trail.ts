import { canonical } from '@/lib/decisions/canonical';
import { type CheckpointText, checkpointTextSchema, type Dropped, type Signed } from '@/lib/decisions/checkpoint/model';
import { type CheckpointRecord, checkpointsAfter } from '@/lib/decisions/checkpoint/store';
import { type Head, Tree } from '@/lib/decisions/checkpoint/tree';
import type { Problems } from '@/lib/decisions/verify/model';
import { sha256Hex } from '@/lib/platform/ids';
import { isSigned, keyId } from '@/lib/platform/signing';

const AT_ONCE = 500;

/** What a checkpoint says of a writer. */
export interface Said extends Head {
  by: string;
}

/** A checkpoint kept outside the database, and where. */
export interface Kept {
  signed: Signed;
  from: string;
}

/** The checkpoints in order: each signed, linked to the one before, and its root that of all heads said until then. */
export class Trail {
  count = 0;
  compared = 0;
  /** Days whose drop is signed, and the opening balances after the last drop of ledger entries. */
  droppedDays = 0;
  openings: Dropped['openings'] = null;
  private after = 0n;
  private done = false;
  private previous: { text: string; said: CheckpointText } | null = null;
  private readonly tree = new Tree();
  private readonly places = new Map<string, number>();
  private readonly seqs: bigint[] = [];
  private records = 0n;
  private readonly kept = new Map<string, Kept[]>();

  private readonly upTo: bigint;
  private readonly trusted: Buffer[];
  private readonly problems: Problems;
  private readonly startedMs: number;

  /** `upTo`: the last one this run looks at; `trusted`: SPKI of the keys believed. */
  constructor(args: { upTo: bigint; trusted: Buffer[]; problems: Problems; startedMs: number; kept: Kept[] }) {
    this.upTo = args.upTo;
    this.trusted = args.trusted;
    this.problems = args.problems;
    this.startedMs = args.startedMs;
    for (const one of args.kept) this.remember(one);
  }

  private remember(one: Kept): void {
    const { text, signature, publicKey } = one.signed;
    if (!this.authentic(text, Buffer.from(signature, 'base64'), Buffer.from(publicKey, 'base64'))) {
      this.problems.add(
        'checkpoint.signature',
        one.from,
        `A checkpoint in ${one.from} is not signed by a key of this installation.`,
      );
      return;
    }
    const { seq } = checkpointTextSchema.parse(JSON.parse(text));
    this.kept.set(seq, [...(this.kept.get(seq) ?? []), one]);
  }

  private authentic(text: string, signature: Uint8Array, key: Uint8Array): boolean {
    return this.trusted.some((own) => own.equals(key)) && isSigned(text, signature, key);
  }

  /** What the checkpoints taken before an instant say, and two more: whatever moved before it is among them. */
  async *until(beforeMs: number): AsyncGenerator<Said> {
    let beyond = 0;
    while (!this.done && beyond < 2) {
      const page = await checkpointsAfter(this.after, AT_ONCE);
      for (const record of page) {
        if (record.seq > this.upTo) break;
        if (record.at.getTime() >= beforeMs) beyond += 1;
        yield* this.take(record);
        if (beyond >= 2) return;
      }
      if (page.length < AT_ONCE || this.after >= this.upTo) this.done = true;
    }
  }

  private *take(record: CheckpointRecord): Generator<Said> {
    const name = `checkpoint ${record.seq}`;
    if (record.seq !== this.after + 1n)
      this.problems.add(
        'checkpoint.missing',
        name,
        `Checkpoints ${this.after + 1n} to ${record.seq - 1n} are missing.`,
      );
    const gap = record.seq !== this.after + 1n;
    this.after = record.seq;
    this.count += 1;
    const said = this.read(record, gap);
    const by = `Checkpoint ${record.seq} of ${record.at.toISOString()}`;
    for (const [writer, seq, hash] of record.heads) {
      const position = this.places.get(writer) ?? this.tree.size;
      this.places.set(writer, position);
      this.tree.put(position, { writer, seq, hash });
      this.records += BigInt(seq) - (this.seqs[position] ?? 0n);
      this.seqs[position] = BigInt(seq);
      yield { writer, seq, hash, by };
    }
    if (!said) return;
    if (
      !gap &&
      (said.root !== this.tree.root() || said.writers !== this.tree.size || said.records !== this.records.toString())
    )
      this.problems.add('checkpoint.changed', name, `${by}: the heads stored with it are not those that were signed.`);
    this.compare(record, said);
    this.previous = { text: record.text, said };
  }

  private read(record: CheckpointRecord, gap: boolean): CheckpointText | null {
    const name = `checkpoint ${record.seq}`;
    if (!this.authentic(record.text, record.signature, record.publicKey)) {
      const foreign = !this.trusted.some((own) => own.equals(record.publicKey));
      const why = foreign
        ? `it is signed with key ${keyId(record.publicKey)}, which is none of this installation (a retired BRAID_SECRET_KEY stays in the ring, after a comma)`
        : 'its text or signature was changed';
      this.problems.add(
        'checkpoint.signature',
        name,
        `Checkpoint ${record.seq} of ${record.at.toISOString()}: ${why}.`,
      );
      return null;
    }
    const said = checkpointTextSchema.parse(JSON.parse(record.text));
    const same =
      said.seq === record.seq.toString() && said.at === record.at.toISOString() && said.reason === record.reason;
    const linked = gap || said.previous === (this.previous ? sha256Hex(this.previous.text) : null);
    const drop = record.detail ? sha256Hex(canonical(record.detail)) : undefined;
    if (!same || said.drop !== drop || (!linked && (this.previous !== null || record.seq === 1n)))
      this.problems.add(
        'checkpoint.changed',
        name,
        `Checkpoint ${record.seq} of ${said.at}: what stands beside it is not what it signed.`,
      );
    for (const one of record.detail ?? []) {
      this.droppedDays += 1;
      this.openings = one.openings ?? this.openings;
    }
    return said;
  }

  private compare(record: CheckpointRecord, said: CheckpointText): void {
    for (const kept of this.kept.get(said.seq) ?? []) {
      this.compared += 1;
      if (kept.signed.text !== record.text)
        this.problems.add(
          'checkpoint.contradicted',
          `checkpoint ${said.seq}`,
          `Checkpoint ${said.seq} in ${kept.from} is another one than in the database: the log was written anew after it.`,
        );
    }
    this.kept.delete(said.seq);
  }

  /** After the last: what is kept elsewhere and not here was cut away. */
  end(): void {
    for (const [seq, all] of this.kept) {
      const said = checkpointTextSchema.parse(JSON.parse(all[0]!.signed.text));
      if (BigInt(seq) > this.upTo && said.log === this.previous?.said.log && this.isNewer(said)) continue;
      this.compared += 1;
      this.problems.add(
        'tail.cut',
        `checkpoint ${seq}`,
        `Checkpoint ${seq} of ${said.at}, kept in ${[...new Set(all.map((one) => one.from))].join(' and ')}, is not in the database: what was logged since ${this.previous?.said.at ?? 'the beginning'} was cut away.`,
      );
    }
  }

  /** Kept while this run was on its way. */
  private isNewer(said: CheckpointText): boolean {
    return Date.parse(said.at) > this.startedMs;
  }

  get last(): { seq: string; at: string } | null {
    return this.previous ? { seq: this.previous.said.seq, at: this.previous.said.at } : null;
  }
}
