import { log } from '@/lib/platform/log';

export interface Loop {
  /** Ends it; resolves when the pass that runs has finished. */
  stop(): Promise<void>;
}

export interface Rhythm {
  /** Not before the first pause is over. */
  wait?: boolean;
  /** It rests at least so many times as long as its last pass took, at most `REST_MOST_MS`: what is heavy leaves room for others. */
  rest?: number;
}

const REST_MOST_MS = 15_000;

/**
 * Runs `work` now (with `wait`: `ms` from now) and then `ms` milliseconds after each pass has ended, never beside itself. A
 * pass that fails is logged.
 */
export function every(name: string, ms: number, work: () => Promise<unknown>, options: Rhythm = {}): Loop {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let running = Promise.resolve();
  const pass = async () => {
    const began = performance.now();
    try {
      await work();
      failures = 0;
    } catch (error) {
      failures += 1;
      // A database that is away would fill the log: say it at first, then at 2, 4, 8, … failures.
      if ((failures & (failures - 1)) === 0) log.error({ err: error, loop: name, failures }, 'a pass failed');
    }
    const rest = Math.min((performance.now() - began) * (options.rest ?? 0), REST_MOST_MS);
    const pause = Math.min(ms * 2 ** Math.min(failures, 5), Math.max(ms, 60_000));
    if (!stopped) timer = setTimeout(next, Math.max(pause, rest));
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
