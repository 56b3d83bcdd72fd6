await import('@/lib/connectors/redis/server-test');
