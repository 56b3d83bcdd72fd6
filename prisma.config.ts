import { defineConfig } from 'prisma/config';

// `prisma migrate` stays usable for people who are online; Braid itself migrates through lib/db/migrate.ts.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
