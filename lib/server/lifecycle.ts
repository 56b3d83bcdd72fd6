import { log } from '@/lib/platform/log';

/** Longest a process may take to finish what it has begun before it exits anyway, ms. */
const STOP_TIMEOUT_MS = 25_000;

/**
 * Stops a process in order on SIGTERM, SIGINT or when its supervisor is gone (IPC channel closed), once.
 * A child therefore never outlives a supervisor that was killed.
 */
export function onStop(stop: () => Promise<void>): void {
  let stopping = false;
  const end = async (why: string) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    log.debug({ why }, 'stopping');
    await stop().catch((error: unknown) => log.error({ err: error }, 'stopping failed'));
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
  process.on('disconnect', () => void end('supervisor gone'));
}

/** Tells the supervisor that this process serves. Does nothing when run by hand. */
export const announceReady = (): void => {
  process.send?.('ready');
};
