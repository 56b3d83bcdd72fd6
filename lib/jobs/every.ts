import { log } from '@/lib/platform/log';

export interface Loop {
  /** Ends it; resolves when the pass that runs has finished. */
  stop(): Promise<void>;
}

/**
 * Runs `work` now (with `wait`: `ms` from now) and then `ms` milliseconds after each pass has ended, never beside itself. A
 * pass that fails is logged.
 */
export function every(name: string, ms: number, work: () => Promise<unknown>, options: { wait?: boolean } = {}): Loop {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let running = Promise.resolve();
  const pass = async () => {
    try {
      await work();
      failures = 0;
    } catch (error) {
      failures += 1;
      // A database that is away would fill the log: say it at first, then at 2, 4, 8, … failures.
      if ((failures & (failures - 1)) === 0) log.error({ err: error, loop: name, failures }, 'a pass failed');
    }
    if (!stopped) timer = setTimeout(next, Math.min(ms * 2 ** Math.min(failures, 5), Math.max(ms, 60_000)));
  };
  const next = () => {
    running = pass();
  };
  if (options.wait) timer = setTimeout(next, ms);
  else next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
