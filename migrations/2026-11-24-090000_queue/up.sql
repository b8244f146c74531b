-- What a task was before a step that can still be undone for some seconds.
CREATE TABLE task_undo (
    id                  TEXT PRIMARY KEY,
    task_id             TEXT NOT NULL REFERENCES task (id) ON DELETE RESTRICT,
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT, -- who took the step, and may undo it
    step                TEXT NOT NULL CHECK (step IN ('taken', 'handed_over', 'released', 'closed')),
    at                  TEXT NOT NULL CHECK (at = strftime('%Y-%m-%dT%H:%M:%fZ', at)),
    version             INTEGER NOT NULL CHECK (version >= 1),      -- the task's after the step
    owner_id            TEXT REFERENCES staff (id) ON DELETE RESTRICT, -- this and what follows: as it was before
    acknowledged_at     TEXT,
    acknowledged_by     TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    next_try_at         TEXT,
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) STRICT;
CREATE INDEX task_undo_by_staff ON task_undo (staff_id, at);
CREATE INDEX task_undo_by_task ON task_undo (task_id);
