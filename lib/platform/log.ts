import pino from 'pino';
import { logText } from '@/lib/platform/log-format';

const from = process.env.BRAID_PROCESS ?? 'cli';

const format = process.env.BRAID_LOG_FORMAT;

/** Somebody reads along at a terminal or in the demo, or waits for what a command says: lines are words, and nothing keeps them. */
export const readByPeople = format ? format === 'words' : from === 'cli' || process.stderr.isTTY === true;

const spoken = { write: (json: string) => process.stderr.write(logText(json)) };

/**
 * Structured log on stderr, so that a command's stdout stays its result; in words where people read along. A command speaks
 * of trouble only. Secrets are redacted by name as a last net.
 */
export const log = pino(
  {
    level: process.env.BRAID_LOG_LEVEL ?? (from === 'cli' ? 'warn' : 'info'),
    base: { process: from },
    redact: {
      paths: ['*.password', '*.secret', '*.token', '*.authorization', 'password', 'secret', 'token'],
      censor: '[redacted]',
    },
  },
  readByPeople ? spoken : pino.destination({ fd: 2, sync: true }),
);
