import pino from 'pino';

/** Structured log on stderr, so that a command's stdout stays its result. Secrets are redacted by name as a last net. */
export const log = pino(
  {
    level: process.env.BRAID_LOG_LEVEL ?? 'info',
    base: { process: process.env.BRAID_PROCESS ?? 'cli' },
    redact: {
      paths: ['*.password', '*.secret', '*.token', '*.authorization', 'password', 'secret', 'token'],
      censor: '[redacted]',
    },
  },
  pino.destination({ fd: 2, sync: true }),
);
