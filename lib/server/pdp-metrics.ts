import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { spooledBytes } from '@/lib/decisions/spool';

export const registry = new Registry();
collectDefaultMetrics({ register: registry });

export const decisions = new Counter({
  name: 'braid_decisions_total',
  help: 'Decisions answered, by verdict',
  labelNames: ['verdict'] as const,
  registers: [registry],
});

export const seconds = new Histogram({
  name: 'braid_request_seconds',
  help: 'Time from the request to its answer',
  labelNames: ['route', 'status'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
  registers: [registry],
});

export const spooled = new Gauge({
  name: 'braid_spooled_bytes',
  help: 'Denials answered while shared state was away that are not in the log yet, of all processes on this BRAID_HOME',
  registers: [registry],
  collect() {
    this.set(spooledBytes());
  },
});
