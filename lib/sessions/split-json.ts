import { LISTS } from '@/lib/sessions/import-model';
import { CUT_OFF, parseRecord, type RawRecord, RECORD_MOST } from '@/lib/sessions/split-lines';

const NEWLINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Cuts a JSON document into its records without holding more than one of them: `{"Records":[…]}`, an array, or objects
 * one after another. A record that is broken costs itself alone: reading goes on at the next line that begins with `{`.
 */
export class JsonSplitter {
  private readonly list: RegExp;
  /** `lists`: properties under which a document holds its list of records. */
  constructor(lists: readonly string[] = LISTS) {
    this.list = new RegExp(`"(?:${lists.join('|')})"\\s*:\\s*$`);
  }

  private depth = 0;
  /** Depth at which records stand: 0, or 1 in an array, or 2 in the list of a wrapper. */
  private level = 0;
  private inString = false;
  private escaped = false;
  private resync = false;
  private lineStart = true;
  private text = '';
  private line = 1;
  private startLine = 1;

  push(chunk: string): RawRecord[] {
    const out: RawRecord[] = [];
    let from = 0; // what of this chunk is not yet part of `text`
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i);
      const first = this.lineStart;
      if (code === NEWLINE) {
        this.line++;
        this.lineStart = true;
      } else if (code > 32 && code !== 44) this.lineStart = false;
      if (this.resync) {
        if (!(first && code === 123)) continue;
        this.resync = false;
        this.begin();
        from = i;
        continue;
      }
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (code === BACKSLASH) this.escaped = true;
        else if (code === QUOTE) this.inString = false;
        else if (code === NEWLINE) this.refuse(out, 'has a text that is broken off');
        continue;
      }
      if (code === QUOTE) this.inString = this.depth > 0;
      else if (code === 123 || code === 91) {
        if (this.depth === this.level) {
          if (code === 91 && this.level === 0) {
            this.level = 1;
            this.depth = 1;
            continue;
          }
          this.begin();
          from = i;
          continue;
        }
        this.depth++;
        if (
          code === 91 &&
          this.level === 0 &&
          this.depth === 2 &&
          this.list.test(this.text.slice(-2000) + chunk.slice(Math.max(from, i - 2000), i))
        ) {
          this.level = 2;
          this.text = '';
          from = i + 1;
        }
      } else if (code === 125 || code === 93) {
        this.depth--;
        if (this.depth < this.level) this.leave();
        else if (this.depth === this.level) {
          this.finish(out, this.text + chunk.slice(from, i + 1));
          from = i + 1;
        }
      }
      if (this.depth > this.level && this.text.length + (i - from) > RECORD_MOST)
        this.refuse(out, 'is longer than a record may be');
    }
    if (this.depth > this.level && !this.resync) {
      this.text += chunk.slice(from);
      if (this.text.length > RECORD_MOST) this.refuse(out, 'is longer than a record may be');
    }
    return out;
  }

  end(): RawRecord[] {
    const open = this.resync ? false : this.depth > this.level && this.text.trim() !== '';
    return open ? [{ line: this.startLine, reason: CUT_OFF }] : [];
  }

  private begin(): void {
    this.depth = this.level + 1;
    this.text = '';
    this.startLine = this.line;
  }

  /** The list is over: back to what surrounds it. */
  private leave(): void {
    this.level = 0;
    this.depth = Math.max(this.depth, 0);
    this.text = '';
  }

  private refuse(out: RawRecord[], reason: string): void {
    out.push({ line: this.startLine, reason });
    this.text = '';
    this.inString = false;
    this.escaped = false;
    this.depth = this.level;
    this.resync = true;
  }

  private finish(out: RawRecord[], text: string): void {
    this.text = '';
    // The rest of a wrapper whose records have been handed out already.
    if (this.level === 0 && !text.trimStart().startsWith('{')) return;
    out.push(parseRecord(text, this.startLine));
  }
}
