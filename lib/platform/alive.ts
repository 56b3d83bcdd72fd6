import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** The command line of a running process; empty where it can't be read. */
function commandLine(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      return '';
    }
  }
}

/**
 * Is the process that wrote this pid still there? A pid alone proves nothing, because it is given to others after a reboot or
 * in a new container: its command line must also show `mark`.
 */
export function isAlive(pid: number, mark: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return commandLine(pid).includes(mark);
}
