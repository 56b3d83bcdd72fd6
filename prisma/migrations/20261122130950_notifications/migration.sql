-- CreateTable
CREATE TABLE "notification_channels" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "sealed_secrets" TEXT,
    "state" TEXT NOT NULL DEFAULT 'enabled',
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(6),
    "held_until" TIMESTAMPTZ(6),
    "last_answer" TEXT,
    "last_answer_at" TIMESTAMPTZ(6),
    "last_delivered_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "notification_channels_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_routes" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "match" JSONB NOT NULL,
    "digest_secs" INTEGER NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL DEFAULT 'enabled',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "notification_routes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notices" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "event" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "target_id" UUID NOT NULL,
    "identity_id" UUID,
    "severity" TEXT NOT NULL,
    "detector" TEXT,
    "body" JSONB NOT NULL,
    "routed_at" TIMESTAMPTZ(6),

    CONSTRAINT "notices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_deliveries" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "route_id" UUID,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "recipient" TEXT,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL,
    "last_tried_at" TIMESTAMPTZ(6),
    "last_answer" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "delivered_at" TIMESTAMPTZ(6),

    CONSTRAINT "notification_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_items" (
    "notice_id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,

    CONSTRAINT "notification_items_pkey" PRIMARY KEY ("notice_id","channel_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "notification_channels_name_key" ON "notification_channels"("name");

-- CreateIndex
CREATE INDEX "notification_routes_channel_id_idx" ON "notification_routes"("channel_id");

-- CreateIndex
CREATE INDEX "notices_routed_at_id_idx" ON "notices"("routed_at", "id");

-- CreateIndex
CREATE INDEX "notification_deliveries_channel_id_state_due_at_idx" ON "notification_deliveries"("channel_id", "state", "due_at");

-- CreateIndex
CREATE INDEX "notification_deliveries_route_id_state_created_at_idx" ON "notification_deliveries"("route_id", "state", "created_at");

-- CreateIndex
CREATE INDEX "notification_items_delivery_id_idx" ON "notification_items"("delivery_id");

-- AddForeignKey
ALTER TABLE "notification_routes" ADD CONSTRAINT "notification_routes_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "notification_channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_deliveries" ADD CONSTRAINT "notification_deliveries_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "notification_channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_items" ADD CONSTRAINT "notification_items_notice_id_fkey" FOREIGN KEY ("notice_id") REFERENCES "notices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_items" ADD CONSTRAINT "notification_items_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "notification_deliveries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE notification_channels ADD CHECK (kind IN ('email', 'slack', 'teams', 'pagerduty', 'webhook', 'syslog')),
  ADD CHECK (state IN ('enabled', 'disabled'));
ALTER TABLE notification_routes ADD CHECK (state IN ('enabled', 'disabled')), ADD CHECK (digest_secs BETWEEN 0 AND 86400);
ALTER TABLE notification_deliveries ADD CHECK (kind IN ('single', 'digest', 'test')),
  ADD CHECK (state IN ('collecting', 'waiting', 'delivered', 'dead')), ADD CHECK ((state = 'delivered') = (delivered_at IS NOT NULL));
-- One message collects for one route and recipient at a time.
CREATE UNIQUE INDEX notification_deliveries_one_collects ON notification_deliveries (route_id, coalesce(recipient, '')) WHERE state = 'collecting';
