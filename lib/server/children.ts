import { type ChildProcess, spawn } from 'node:child_process';
import { projectRoot } from '@/lib/platform/env';
import { nodeArguments } from '@/lib/server/bundle';

export interface ChildSpec {
  name: string;
  /** Entry point: TypeScript, or compiled. */
  entry: string;
  env: Record<string, string>;
}

/** Longest wait for a child to stop in order before it is killed, ms; and for it to say it is ready. */
const STOP_MS = 28_000;
const READY_MS = 60_000;
/** Restart delays after 1, 2, … quick deaths in a row, ms. */
const RESTART_MS = [200, 1_000, 5_000, 15_000, 30_000];
/** A child that lived this long is forgiven its earlier deaths: access that is being ended waits for the next one. */
const STEADY_MS = 10_000;

/** Keeps one child process running until told to stop: restarts it when it dies, slower each time it dies young. */
export class Child {
  private process: ChildProcess | undefined;
  private deaths = 0;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly spec: ChildSpec,
    private readonly say: (line: string) => void,
  ) {}

  /** Resolves when the child says it is ready; rejects when it dies first or takes longer than a minute. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const bornMs = performance.now();
      const child = spawn(process.execPath, nodeArguments(this.spec.entry), {
        cwd: projectRoot(),
        env: { ...process.env, ...this.spec.env, BRAID_PROCESS: this.spec.name },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        detached: true, // Ctrl-C reaches only the supervisor, which stops the children in order
      });
      this.process = child;
      const late = setTimeout(
        () => reject(new Error(`${this.spec.name} did not come up within ${READY_MS / 1000} s`)),
        READY_MS,
      );
      child.on('message', (message) => {
        if (message !== 'ready') return;
        clearTimeout(late);
        resolve();
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        reject(new Error(`${this.spec.name} ended at start (${signal ?? `code ${code}`})`));
        this.died(code, signal, performance.now() - bornMs);
      });
    });
  }

  private died(code: number | null, signal: string | null, livedMs: number): void {
    this.process = undefined;
    if (this.stopped) return;
    this.deaths = livedMs > STEADY_MS ? 1 : this.deaths + 1;
    const wait = RESTART_MS[Math.min(this.deaths - 1, RESTART_MS.length - 1)]!;
    this.say(`${this.spec.name} ended (${signal ?? `code ${code}`}); restarting it in ${wait / 1000} s`);
    this.timer = setTimeout(() => this.start().catch(() => undefined), wait);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.once('exit', () => {
        clearTimeout(hard);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }
}
