import { tried } from '@/lib/connectors/redis/testing-redis';

// A package brings its server as a program: `.ci/systems` installs it.
Object.assign(tried, { product: 'Valkey', title: 'valkey-server (.ci/systems)' });
tried.program = process.env.BRAID_VALKEY ?? 'valkey-server';
await import('@/lib/connectors/redis/testing-contract');
