-- CreateIndex
CREATE INDEX "access_requests_answered_at_idx" ON "access_requests"("answered_at");
