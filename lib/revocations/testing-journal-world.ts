// For tests only, loaded before a respond worker: simulated systems that outlive the process. What they were told to do
// stands in a journal, their state in files; at a point that is held they stop for ever, so that the worker can be killed there.
import fs from 'node:fs';
import path from 'node:path';
import type { NativeSession } from '@/lib/connectors/contract';
import { type AccessPath, setWorld, World } from '@/lib/connectors/simulator/world';

interface Kept {
  blocked: boolean;
  sessions: NativeSession[];
}

class JournalWorld extends World {
  constructor(
    private readonly folder: string,
    private readonly world: string,
    private readonly identity: string,
  ) {
    super();
    const kept = JSON.parse(fs.readFileSync(this.file(), 'utf8')) as Kept;
    const actor = this.add(identity);
    actor.blocked = kept.blocked;
    for (const session of kept.sessions) actor.sessions.set(session.key, session);
  }

  private file(): string {
    return path.join(this.folder, `${this.world}.json`);
  }

  private write(line: string): void {
    fs.appendFileSync(path.join(this.folder, 'journal'), `${this.world} ${line}\n`);
  }

  private at(point: string): void {
    const held = fs.existsSync(path.join(this.folder, `hold ${this.world} ${point}`));
    this.write(`${held ? 'held ' : ''}${point}`);
    if (held) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }

  private keep(): void {
    const { blocked, sessions } = this.actors.get(this.identity)!;
    const kept: Kept = { blocked, sessions: [...sessions.values()] };
    fs.writeFileSync(`${this.file()}.new`, JSON.stringify(kept));
    fs.renameSync(`${this.file()}.new`, this.file());
  }

  private deed<T>(verb: string, work: () => T, harm: (done: T) => string): T {
    this.at(`before ${verb}`);
    const done = work();
    this.keep();
    this.write(`did ${harm(done)}`);
    this.at(`after ${verb}`);
    return done;
  }

  override block(name: string): boolean {
    return this.deed(
      'block',
      () => super.block(name),
      () => 'block',
    );
  }

  override unblock(name: string): void {
    this.deed(
      'unblock',
      () => super.unblock(name),
      () => 'unblock',
    );
  }

  override terminateAll(name: string): { ended: number; queued: boolean } {
    return this.deed(
      'end',
      () => super.terminateAll(name),
      (done) => `end ${done.ended}`,
    );
  }

  override livingPaths(name: string): AccessPath[] {
    this.at('probe');
    return super.livingPaths(name);
  }
}

const { JOURNAL_FOLDER: folder, JOURNAL_WORLDS: worlds, JOURNAL_IDENTITY: identity } = process.env;
if (folder && worlds && identity)
  for (const world of worlds.split(',')) setWorld(world, new JournalWorld(folder, world, identity));
