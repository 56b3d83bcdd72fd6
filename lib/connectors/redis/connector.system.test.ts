import '@/lib/connectors/redis/testing-contract';
