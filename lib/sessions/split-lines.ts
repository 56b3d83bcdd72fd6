/** A piece of a log file, with the line it begins on. */
export type RawRecord = { line: number; record: unknown } | { line: number; reason: string };

/** A longer record is refused (CloudTrail's largest is 256 kB). Characters. */
export const RECORD_MOST = 1_000_000;

/** Why the last record of a text that was cut off is refused. */
export const CUT_OFF = 'ends in the middle of a record';

/** What cuts a text that comes in chunks into records. */
export interface Splitter {
  push(chunk: string): RawRecord[];
  end(): RawRecord[];
}

/** The parser quotes what it stumbled over: that may be a piece of a secret. */
const unquoted = (message: string): string =>
  message.replace(/(?:, )?(?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, '');

/** JSON on one line. */
export function parseRecord(text: string, line: number): RawRecord {
  try {
    return { line, record: JSON.parse(text) };
  } catch (error) {
    return {
      line,
      reason: `is not JSON: ${error instanceof Error ? unquoted(error.message) : 'unreadable'}`.slice(0, 300),
    };
  }
}

/**
 * Lines of a text that comes in chunks; one that is too long is refused, not kept. With `continues`, a line that goes on with
 * the record before it is part of that record.
 */
export class LineSplitter implements Splitter {
  private rest = '';
  private line = 1;
  private skipping = false;
  private held = '';
  private heldLine = 0;
  constructor(
    private readonly parse: (text: string, line: number) => RawRecord = (record, line) => ({ line, record }),
    private readonly continues?: (line: string) => boolean,
  ) {}

  push(chunk: string): RawRecord[] {
    const out: RawRecord[] = [];
    let from = 0;
    for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
      this.whole(this.rest === '' ? chunk.slice(from, at) : this.rest + chunk.slice(from, at), out);
      this.rest = '';
      this.line++;
      from = at + 1;
    }
    if (!this.skipping) this.rest += chunk.slice(from);
    if (this.rest.length > RECORD_MOST) this.refuse(out);
    return out;
  }

  end(): RawRecord[] {
    const out: RawRecord[] = [];
    this.whole(this.rest, out);
    this.rest = '';
    this.flush(out);
    return out;
  }

  private refuse(out: RawRecord[]): void {
    this.flush(out);
    out.push({ line: this.line, reason: 'is longer than a line may be' });
    this.rest = '';
    this.skipping = true;
  }

  private whole(text: string, out: RawRecord[]): void {
    if (!this.skipping && text.length > RECORD_MOST) this.refuse(out);
    if (this.skipping) {
      this.skipping = false;
      return;
    }
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (!this.continues) {
      if (line.trim() !== '') out.push(this.parse(line, this.line));
      return;
    }
    if (this.held !== '' && (line === '' || this.continues(line))) {
      if (this.held.length + line.length < RECORD_MOST) this.held += `\n${line}`;
      return;
    }
    this.flush(out);
    if (line.trim() === '') return;
    this.held = line;
    this.heldLine = this.line;
  }

  private flush(out: RawRecord[]): void {
    if (this.held !== '') out.push(this.parse(this.held.trimEnd(), this.heldLine));
    this.held = '';
  }
}
