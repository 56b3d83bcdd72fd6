import { link } from '@/lib/decisions/seal';
import type { Problem, Problems } from '@/lib/decisions/verify/model';

/** One record as it was read. */
export interface ChainRecord {
  writer: string;
  seq: bigint;
  /** `decision <id>`, `ledger entry …`, `audit entry <id>`. */
  name: string;
  /** Of its text, rebuilt from its rows. */
  digest: Buffer;
  /** As stored; null: what belongs to it (its decision) is gone. */
  hash: Buffer | null;
  /** Asked only when it was changed: what can be seen of the change. */
  differences: () => string;
}

export interface ChainHead {
  id: string;
  seq: bigint;
  hash: Buffer;
}

/** A stretch that is missing so far: it may lie in a later day, when a clock went back over midnight. */
interface Gap {
  from: bigint;
  to: bigint;
  hash: Buffer;
  next: ChainRecord;
}

const MAX_GAPS = 1_000;

/** One writer's chain, walked record by record: finds what was changed, taken out, put in twice or cut off. */
export class Chain {
  private seq: bigint;
  private hash: Buffer;
  /** The hash by computation where the stored one differs: the next record tells which of them was changed. */
  private computed: Buffer | null = null;
  private doubted: Problem | null = null;
  private readonly gaps: Gap[] = [];
  private readonly expected = new Map<bigint, { hash: string; by: string }[]>();

  constructor(
    private readonly head: ChainHead,
    /** Where it starts: genesis, or the last record that was dropped. */
    private readonly start: { seq: bigint; hash: Buffer },
    private readonly problems: Problems,
  ) {
    this.seq = start.seq;
    this.hash = start.hash;
  }

  get id(): string {
    return this.head.id;
  }

  /** Somebody who signed says what stands at a place. False: that place has been passed already. */
  expect(seq: bigint, hash: string, by: string): boolean {
    if (seq < this.start.seq) return true; // dropped since, and accounted for
    if (seq === this.seq) {
      this.compare(this.seq, this.hash, { hash, by });
      return true;
    }
    if (seq < this.seq && !this.gaps.some((gap) => gap.from <= seq && seq <= gap.to)) return false;
    const there = this.expected.get(seq) ?? [];
    this.expected.set(seq, [...there, { hash, by }]);
    return true;
  }

  private compare(seq: bigint, hash: Buffer, said: { hash: string; by: string }): void {
    if (hash.toString('hex') === said.hash) return;
    this.problems.add(
      'checkpoint.contradicted',
      `writer ${this.id}`,
      `${said.by} says otherwise of record ${seq} of writer ${this.id}: what was signed then is not what stands there now.`,
    );
  }

  take(record: ChainRecord): void {
    if (record.seq > this.head.seq) return; // newer than this run
    if (record.seq <= this.seq) this.late(record);
    else if (record.seq > this.seq + 1n) this.skip(record);
    else this.follow(record);
  }

  private follow(record: ChainRecord): void {
    const hash = link(this.hash, this.id, record.seq, record.digest);
    if (record.hash && hash.equals(record.hash)) this.computed = null;
    else this.mismatch(record, hash);
    this.advance(record.seq, record.hash ?? hash);
  }

  private advance(seq: bigint, hash: Buffer): void {
    this.seq = seq;
    this.hash = hash;
    for (const said of this.expected.get(seq) ?? []) this.compare(seq, hash, said);
    this.expected.delete(seq);
  }

  private mismatch(record: ChainRecord, hash: Buffer): void {
    const { computed, doubted } = this;
    this.computed = null;
    if (record.hash && computed && doubted) {
      // The text before this one fits, so it was its hash that somebody changed.
      if (link(computed, this.id, record.seq, record.digest).equals(record.hash)) {
        this.onlyHash(doubted, record.seq - 1n);
        return;
      }
    }
    const what = record.hash
      ? `what is stored is not what was sealed. ${record.differences()}`
      : 'its decision is gone and only its ledger entries are left.';
    this.doubted = this.problems.add(
      record.hash ? 'record.changed' : 'record.missing',
      record.name,
      `${record.name} (record ${record.seq} of writer ${this.id}): ${what}`.trimEnd(),
    );
    this.computed = hash;
  }

  private onlyHash(problem: Problem, seq: bigint): void {
    problem.message = `${problem.record} (record ${seq} of writer ${this.id}): its stored hash was changed; its text is as sealed.`;
  }

  private skip(record: ChainRecord): void {
    if (this.gaps.length < MAX_GAPS)
      this.gaps.push({ from: this.seq + 1n, to: record.seq - 1n, hash: this.hash, next: record });
    else this.missing(this.seq + 1n, record.seq - 1n, record.name);
    this.computed = null;
    if (record.hash) this.advance(record.seq, record.hash);
    else this.mismatch(record, this.hash);
    this.seq = record.seq;
  }

  private late(record: ChainRecord): void {
    const gap = this.gaps.find((one) => one.from === record.seq);
    if (!gap) {
      const dropped = record.seq <= this.start.seq;
      this.problems.add(
        dropped ? 'record.changed' : 'record.twice',
        record.name,
        dropped
          ? `${record.name} stands before the last record that was dropped of writer ${this.id}: it can't be proven.`
          : `Record ${record.seq} of writer ${this.id} is there twice; one of them is ${record.name}.`,
      );
      return;
    }
    gap.hash = link(gap.hash, this.id, record.seq, record.digest);
    if (!record.hash || !gap.hash.equals(record.hash)) this.mismatch(record, gap.hash);
    for (const said of this.expected.get(record.seq) ?? []) this.compare(record.seq, gap.hash, said);
    this.expected.delete(record.seq);
    gap.from += 1n;
    if (gap.from <= gap.to) return;
    this.gaps.splice(this.gaps.indexOf(gap), 1);
    const next = link(gap.hash, this.id, gap.next.seq, gap.next.digest);
    if (gap.next.hash && !next.equals(gap.next.hash)) this.mismatch(gap.next, next);
  }

  private missing(from: bigint, to: bigint, next: string): void {
    const which = from === to ? `Record ${from} is` : `Records ${from} to ${to} are`;
    this.problems.add(
      'record.missing',
      `writer ${this.id}`,
      `${which} missing from the chain of writer ${this.id}, before ${next}.`,
    );
  }

  /** After the last day. */
  end(): void {
    for (const gap of this.gaps) this.missing(gap.from, gap.to, gap.next.name);
    if (this.seq < this.head.seq)
      this.problems.add(
        'tail.cut',
        `writer ${this.id}`,
        `The chain of writer ${this.id} ends at record ${this.seq}; its head says there were ${this.head.seq}.`,
      );
    else if (this.computed?.equals(this.head.hash)) this.onlyHash(this.doubted!, this.seq);
    else if (!this.hash.equals(this.head.hash))
      this.problems.add(
        'head.differs',
        `writer ${this.id}`,
        `The head of writer ${this.id} is not the hash of its last record (${this.seq}).`,
      );
    for (const [seq, all] of this.expected)
      for (const said of all)
        this.problems.add(
          'tail.cut',
          `writer ${this.id}`,
          `${said.by} has record ${seq} of writer ${this.id}; now ${seq > this.seq ? `its chain ends at ${this.seq}` : 'it is missing'}.`,
        );
  }
}
