-- CreateTable
CREATE TABLE "logout_orders" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "connector_id" UUID,
    "issuer" TEXT NOT NULL,
    "jti" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "outcome" TEXT NOT NULL,
    "identity_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "revocation_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "received_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "logout_orders_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "logout_orders_received_at_idx" ON "logout_orders"("received_at");

-- CreateIndex
CREATE UNIQUE INDEX "logout_orders_issuer_jti_key" ON "logout_orders"("issuer", "jti");
