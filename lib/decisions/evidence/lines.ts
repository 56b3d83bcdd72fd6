import { createHash } from 'node:crypto';
import fs, { type FileHandle } from 'node:fs/promises';
import path from 'node:path';

export interface WrittenFile {
  name: string;
  bytes: number;
  sha256: string;
}

const AT_ONCE = 1 << 20;

/** A file of a bundle that is written line by line and hashed on the way. */
export class Lines {
  private waiting: string[] = [];
  private size = 0;
  private bytes = 0;
  private readonly hash = createHash('sha256');

  private constructor(
    private readonly name: string,
    private readonly handle: FileHandle,
  ) {}

  static async open(folder: string, name: string): Promise<Lines> {
    return new Lines(name, await fs.open(path.join(folder, name), 'wx', 0o600));
  }

  async add(value: unknown): Promise<void> {
    const line = `${JSON.stringify(value)}\n`;
    this.waiting.push(line);
    this.size += line.length;
    if (this.size >= AT_ONCE) await this.flush();
  }

  private async flush(): Promise<void> {
    const block = Buffer.from(this.waiting.join(''));
    this.waiting = [];
    this.size = 0;
    this.hash.update(block);
    this.bytes += block.length;
    await this.handle.writeFile(block);
  }

  async close(): Promise<WrittenFile> {
    await this.flush();
    await this.handle.close();
    return { name: this.name, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

/** A small file of a bundle. */
export async function writeWhole(folder: string, name: string, content: string | Buffer): Promise<WrittenFile> {
  const file = path.join(folder, name);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, content, { mode: 0o600, flag: 'wx' });
  const bytes = Buffer.from(content);
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
