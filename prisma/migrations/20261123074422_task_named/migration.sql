-- Who may declare a task over is asked of its sessions, ended ones among them; what only covered live ones is part of it.
CREATE INDEX "sessions_named_task" ON "sessions" ("task") WHERE "task" IS NOT NULL;
