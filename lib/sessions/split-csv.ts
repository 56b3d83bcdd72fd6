import { CUT_OFF, type RawRecord, RECORD_MOST, type Splitter } from '@/lib/sessions/split-lines';

const FIELDS_MOST = 500;

/**
 * Comma-separated records (RFC 4180, as PostgreSQL's csvlog writes them): each is a list of fields; a quoted one may hold
 * commas, doubled quotes and line ends. A record that is too long, or a text that is broken off, costs itself alone.
 */
export class CsvSplitter implements Splitter {
  private fields: string[] = [];
  private field = '';
  private size = 0;
  private state: 'plain' | 'quoted' | 'quote' | 'skip' = 'plain';
  private line = 1;
  private startLine = 1;

  push(chunk: string): RawRecord[] {
    const out: RawRecord[] = [];
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i);
      if (code === 10) this.line++;
      if (this.state === 'skip') {
        if (code === 10) this.restart();
        from = i + 1;
      } else if (this.state === 'quoted') {
        if (code === 34) {
          this.keep(chunk.slice(from, i));
          this.state = 'quote';
          from = i + 1;
        }
      } else if (this.state === 'quote' && code === 34) {
        this.keep('"');
        this.state = 'quoted';
        from = i + 1;
      } else if (code === 44 || code === 10) {
        this.keep(chunk.slice(from, i));
        this.state = 'plain';
        this.endField();
        if (code === 10) this.endRecord(out);
        from = i + 1;
      } else if (code === 34 && this.state === 'plain' && this.field === '' && i === from) {
        this.state = 'quoted';
        from = i + 1;
      }
      if (this.size + i - from > RECORD_MOST && this.state !== 'skip') {
        this.refuse(out, 'is longer than a record may be');
        from = i + 1;
      }
    }
    if (this.state !== 'skip') this.keep(chunk.slice(from));
    return out;
  }

  end(): RawRecord[] {
    const out: RawRecord[] = [];
    if (this.state === 'quoted') this.refuse(out, CUT_OFF);
    else if (this.state !== 'skip' && (this.size > 0 || this.fields.length > 0)) {
      this.endField();
      this.endRecord(out);
    }
    return out;
  }

  private keep(text: string): void {
    this.field += text;
    this.size += text.length;
  }

  private endField(): void {
    if (this.fields.length < FIELDS_MOST) this.fields.push(this.field);
    this.field = '';
    this.size += 1;
  }

  private endRecord(out: RawRecord[]): void {
    const last = this.fields.length - 1;
    if (this.fields[last]!.endsWith('\r')) this.fields[last] = this.fields[last]!.slice(0, -1);
    if (last > 0 || this.fields[0] !== '') out.push({ line: this.startLine, record: this.fields });
    this.restart();
  }

  private refuse(out: RawRecord[], reason: string): void {
    out.push({ line: this.startLine, reason });
    this.restart();
    this.state = 'skip';
  }

  private restart(): void {
    this.fields = [];
    this.field = '';
    this.size = 0;
    this.state = 'plain';
    this.startLine = this.line;
  }
}
