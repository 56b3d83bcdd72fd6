import type { NativeSession } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

/** What it remembers at most: who asks later than that has lost their place. */
const KEPT = 100_000;
const GAP_SECS = 1_800;

interface Kept<T> {
  n: number;
  what: T;
}

/** A list that only grows at its end, and is read from a place on. */
class Roll<T> {
  private kept: Kept<T>[] = [];
  private n = 0;

  add(what: T): void {
    this.kept.push({ n: ++this.n, what });
    if (this.kept.length > KEPT) this.kept.shift();
  }

  get end(): number {
    return this.n;
  }

  /** Goes on counting where another process stopped. What that one held is not remembered. */
  goOnFrom(n: number): void {
    this.kept = [];
    this.n = n;
  }

  /** null: what came after this place is forgotten in part, or this place was never reached. */
  after(n: number, most: number): { found: T[]; next: number; more: boolean } | null {
    const first = this.kept[0]?.n ?? this.n + 1;
    if (n + 1 < first || n > this.n) return null;
    const found = this.kept.slice(n + 1 - first, n + 1 - first + most);
    const next = found.at(-1)?.n ?? n;
    return { found: found.map((each) => each.what), next, more: next < this.n };
  }
}

/** How far a diary has come. */
export interface Place {
  epoch: string;
  log: number;
  changes: number;
}

/** The audit log of a simulated system, in OCSF, and what changed among its identities. */
export class Diary {
  /** A world that begins anew knows nothing of an earlier one's places. */
  private epoch: string = newId();
  private readonly log = new Roll<string>();
  private readonly changes = new Roll<string>();

  /** Records of its log so far. */
  get written(): number {
    return this.log.end;
  }

  private at = (n: number): string => `${this.epoch}:${n}`;

  place(): Place {
    return { epoch: this.epoch, log: this.log.end, changes: this.changes.end };
  }

  /** Goes on as the diary that had come so far. What that one held is lost; who has read it all does not notice. */
  goOn({ epoch, log, changes }: Place): void {
    this.epoch = epoch;
    this.log.goOnFrom(log);
    this.changes.goOnFrom(changes);
  }

  /** null: of another world. */
  private numberOf(cursor: string | null): number | null {
    const [epoch, n] = cursor?.split(':') ?? [];
    return epoch === this.epoch && /^\d{1,15}$/.test(n ?? '') ? Number(n) : null;
  }

  /** Who asks for the first time, or from a place that is lost, is read to from here on. */
  events(cursor: string | null, most: number) {
    const n = this.numberOf(cursor);
    const read = n === null ? null : this.log.after(n, most);
    return read
      ? { lines: read.found, cursor: this.at(read.next), more: read.more }
      : { lines: [], cursor: this.at(this.log.end), more: false };
  }

  /** Names of those that changed since, each once; null: everything has to be listed. */
  changed(cursor: string | null, most: number): { names: string[]; cursor: string; more: boolean } | null {
    const n = this.numberOf(cursor);
    const read = n === null ? null : this.changes.after(n, most);
    return read && { names: [...new Set(read.found)], cursor: this.at(read.next), more: read.more };
  }

  get now(): string {
    return this.at(this.changes.end);
  }

  tellChanged(name: string): void {
    this.changes.add(name);
  }

  tellSession(world: string, session: NativeSession, phase: 'open' | 'close'): void {
    const name = session.externalIdentityId;
    const user = { uid: name, name, type_id: 4, type: 'Service' };
    const told = { uid: session.key, issuer: `simulator:${world}` };
    this.log.add(
      JSON.stringify({
        class_uid: 3002,
        class_name: 'Authentication',
        category_uid: 3,
        activity_id: phase === 'open' ? 1 : 2,
        activity_name: phase === 'open' ? 'Logon' : 'Logoff',
        time: clock.ms(),
        status_id: 1,
        severity_id: 1,
        metadata: {
          version: '1.5.0',
          uid: `${this.epoch}:${this.log.end + 1}`,
          product: { name: 'Simulator', vendor_name: 'Braid' },
        },
        user,
        actor: { user, session: told },
        session: told,
        unmapped: {
          braid: {
            identity: { issuer: `simulator:${world}`, type: 'service', externalId: name, kind: 'service_account' },
            class: 'session',
            action: `session.${phase}`,
            session: { kind: session.kind, gapSecs: GAP_SECS, observedBy: 'native' },
          },
        },
      }),
    );
  }
}
