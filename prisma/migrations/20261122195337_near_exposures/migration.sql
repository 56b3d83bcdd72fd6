-- CreateTable
CREATE TABLE "near_exposures" (
    "exposure_id" UUID NOT NULL,
    "level" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "near_exposures_pkey" PRIMARY KEY ("exposure_id")
);

-- Few stand near their limit: a list and a watch of them read no others. Counting moves no column of it but when a level is passed.
CREATE INDEX exposures_warned ON exposures (warned, id) WHERE warned IS NOT NULL;
