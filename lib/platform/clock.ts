/** The process clock, in one place so that a test can hold it still. Decisions and windows use the database's clock instead. */
let read: () => number = Date.now;

export const clock = {
  now: (): Date => new Date(read()),
  /** Milliseconds since the epoch. */
  ms: (): number => read(),
  /** For tests only: replaces the source of time; call with no argument to restore it. */
  set: (source: () => number = Date.now): void => {
    read = source;
  },
};
