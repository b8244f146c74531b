-- An expected level that need not be told again for a while: one patient, one symptom, up to
-- one grade, the rules that it fired then. Never an EMERGENCY rule.
CREATE TABLE snooze (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT, -- the latest then; a later one ends it
    report_id           TEXT NOT NULL REFERENCES report (id) ON DELETE RESTRICT,   -- that it was decided on
    symptom             TEXT NOT NULL,
    grade               INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 4),
    rules               TEXT NOT NULL CHECK (json_valid(rules)),    -- ids, a list
    known               TEXT NOT NULL CHECK (json_valid(known)),    -- the symptoms then, a list of codes: another one ends it
    until               TEXT NOT NULL CHECK (until = strftime('%Y-%m-%dT%H:%M:%fZ', until)),
    reason              TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
    made_at             TEXT NOT NULL,
    made_by             TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    ended_at            TEXT,
    ended_by            TEXT REFERENCES staff (id) ON DELETE RESTRICT,             -- only where a person ended it
    end_cause           TEXT CHECK (end_cause IN ('date', 'grade_rose', 'new_symptom', 'new_infusion', 'person')),
    end_reason          TEXT,
    CHECK (until > made_at),
    CHECK ((ended_at IS NULL) = (end_cause IS NULL)),
    CHECK ((end_cause IS 'person') = (ended_by IS NOT NULL)),
    CHECK ((end_reason IS NULL) = (ended_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX snooze_in_force ON snooze (patient_id, symptom) WHERE ended_at IS NULL;
CREATE INDEX snooze_by_patient ON snooze (patient_id, made_at);

-- A rule that fired and stayed quiet, with its reasons: nothing is hidden.
CREATE TABLE snoozed_flag (
    report_id           TEXT NOT NULL REFERENCES report (id) ON DELETE RESTRICT,
    snooze_id           TEXT NOT NULL REFERENCES snooze (id) ON DELETE RESTRICT,
    rule                TEXT NOT NULL,
    rule_set            TEXT NOT NULL,
    rule_set_version    INTEGER NOT NULL,
    level               TEXT NOT NULL CHECK (level IN ('ROUTINE', 'SOON', 'URGENT')),
    historic            INTEGER NOT NULL CHECK (historic IN (0, 1)),
    because             TEXT NOT NULL CHECK (json_valid(because)),
    raised_at           TEXT NOT NULL,
    PRIMARY KEY (report_id, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX snoozed_flag_by_snooze ON snoozed_flag (snooze_id);

-- A late result that says a lot was not fit to be given, or that it was confused with another
-- or given to a wrong patient. It raises the recipients' risk of infection for a while, and
-- tasks for each.
CREATE TABLE lot_event (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    lot_id              TEXT NOT NULL REFERENCES lot (id) ON DELETE RESTRICT,
    kind                TEXT NOT NULL CHECK (kind IN ('LOT_STERILITY', 'LOT_MYCOPLASMA', 'LOT_ENDOTOXIN', 'LOT_MIX_UP', 'LOT_WRONG_PATIENT')),
    note                TEXT CHECK (length(note) BETWEEN 1 AND 4000),           -- what happened, of what a person recorded
    recorded_at         TEXT NOT NULL,
    recorded_by         TEXT REFERENCES staff (id) ON DELETE RESTRICT,             -- null: the command line or the program
    withdrawn_at        TEXT,                                                      -- it was entered by mistake
    CHECK ((kind IN ('LOT_MIX_UP', 'LOT_WRONG_PATIENT')) = (note IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX lot_event_in_force ON lot_event (lot_id, kind) WHERE withdrawn_at IS NULL;
CREATE INDEX flag_by_lot_event ON flag (lot_event_id) WHERE lot_event_id IS NOT NULL;
