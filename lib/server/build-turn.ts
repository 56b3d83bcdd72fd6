import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from '@/lib/platform/alive';

const LOOK_MS = 500;

/** Whose turn `file` says it is; undefined: nobody's that lives. */
function holder(file: string, mark: string): number | undefined {
  const pid = Number(fs.readFileSync(file, 'utf8'));
  return isAlive(pid, mark) ? pid : undefined;
}

/** Never seen half-written: who read that would think it left behind. */
function taken(file: string): boolean {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  try {
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
    return false;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/**
 * Waits until no other living process has the turn of `file`, and takes it. Two that build the same folder at once spoil it
 * for both. The command line of who has it shows `mark`. Answers how to give the turn back; who dies with it has given it
 * back. `wait` is called once, where there is somebody to be waited for. Throws what the file system throws.
 */
export async function takeTurn(file: string, mark: string, wait: (pid: number) => void): Promise<() => void> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!taken(file)) {
    let other: number | undefined;
    try {
      other = holder(file, mark);
      if (other === undefined) fs.rmSync(file, { force: true });
    } catch {
      continue; // it was given back just now
    }
    if (other === undefined) continue;
    if (!told) wait(other);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return () => fs.rmSync(file, { force: true });
}
