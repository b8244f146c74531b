-- One more question to a patient, in the words of the person who works on the task. It stands on
-- the patient's page and never in a mail; the answer is the report that follows.
CREATE TABLE question (
    id                  TEXT PRIMARY KEY,
    task_id             TEXT NOT NULL REFERENCES task (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    check_in_id         TEXT NOT NULL UNIQUE REFERENCES check_in (id) ON DELETE RESTRICT,
    text                TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    asked_at            TEXT NOT NULL,
    asked_by            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    report_id           TEXT REFERENCES report (id) ON DELETE RESTRICT             -- the answer
) STRICT;
CREATE INDEX question_by_task ON question (task_id);
CREATE INDEX question_by_infusion ON question (infusion_id) WHERE report_id IS NULL;
