-- Who is told about a task that nobody takes, and when: rota, policy, steps, web hook.

-- Who is on duty when, by the clinic's own clock. Without a weekday: whenever no hours of that
-- function run (out-of-hours cover).
CREATE TABLE rota_shift (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    audience            TEXT NOT NULL CHECK (audience IN ('on_duty', 'charge_nurse', 'physician', 'safety_officer')),
    weekday             INTEGER CHECK (weekday BETWEEN 1 AND 7),    -- Monday is 1
    from_min            INTEGER CHECK (from_min BETWEEN 0 AND 1439), -- minutes after midnight on the wall
    to_min              INTEGER CHECK (to_min BETWEEN 0 AND 1439),  -- not later than from_min: on the next day
    recorded_at         TEXT NOT NULL,
    CHECK ((weekday IS NULL) = (from_min IS NULL) AND (weekday IS NULL) = (to_min IS NULL))
) STRICT;
CREATE INDEX rota_shift_by_site ON rota_shift (site_id, audience, weekday, from_min);
CREATE INDEX rota_shift_by_staff ON rota_shift (staff_id);

-- A clinic's own times of escalation. Never changed: an edit is a new version.
CREATE TABLE escalation_policy (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_by         TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    recorded_at         TEXT NOT NULL CHECK (recorded_at = strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at)),
    UNIQUE (site_id, version)
) STRICT;

-- Minutes after a task of this level was made or raised.
CREATE TABLE escalation_time (
    policy_id           TEXT NOT NULL REFERENCES escalation_policy (id) ON DELETE RESTRICT,
    level               TEXT NOT NULL CHECK (level IN ('ROUTINE', 'SOON', 'URGENT', 'EMERGENCY')),
    charge_nurse_min    INTEGER NOT NULL CHECK (charge_nurse_min >= 1),
    physician_min       INTEGER NOT NULL,
    safety_officer_min  INTEGER NOT NULL,
    repeat_min          INTEGER NOT NULL CHECK (repeat_min >= 5),   -- then everybody again, so often
    PRIMARY KEY (policy_id, level),
    CHECK (charge_nurse_min < physician_min AND physician_min < safety_officer_min)
) STRICT, WITHOUT ROWID;

-- Whom a task goes to next, and when: written when the task is made, so that an edit of the
-- policy changes no task that waits.
CREATE TABLE task_step (
    id                  TEXT PRIMARY KEY,
    task_id             TEXT NOT NULL REFERENCES task (id) ON DELETE RESTRICT,
    chain               INTEGER NOT NULL CHECK (chain >= 1),        -- a raised task begins the next one
    round               INTEGER NOT NULL CHECK (round >= 1),        -- after the last step everybody is told again
    number              INTEGER NOT NULL CHECK (number >= 0),       -- 0 = at once
    audience            TEXT NOT NULL CHECK (audience IN ('on_duty', 'charge_nurse', 'physician', 'safety_officer')),
    due_at              TEXT NOT NULL CHECK (due_at = strftime('%Y-%m-%dT%H:%M:%fZ', due_at)),
    repeat_min          INTEGER NOT NULL CHECK (repeat_min >= 1),
    policy_version      INTEGER,                                    -- null: the targets of the rules
    state               TEXT NOT NULL CHECK (state IN ('planned', 'done', 'cancelled')),
    cause               TEXT CHECK (cause IN ('taken', 'closed', 'answered', 'raised')),
    is_stand_in         INTEGER NOT NULL DEFAULT 0 CHECK (is_stand_in IN (0, 1)), -- nobody of the audience: others were told
    settled_at          TEXT,
    UNIQUE (task_id, chain, round, number),
    CHECK ((state = 'planned') = (settled_at IS NULL)),
    CHECK ((state = 'cancelled') = (cause IS NOT NULL))
) STRICT;
CREATE INDEX task_step_due ON task_step (due_at) WHERE state = 'planned';

-- Whom a step told, by which mail.
CREATE TABLE step_told (
    step_id             TEXT NOT NULL REFERENCES task_step (id) ON DELETE RESTRICT,
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    outbox_id           TEXT NOT NULL REFERENCES outbox (id) ON DELETE RESTRICT,
    PRIMARY KEY (step_id, staff_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX step_told_by_mail ON step_told (outbox_id);

-- A clinic's gateway for text messages or paging: told beside the mail, never instead of it.
CREATE TABLE web_hook (
    site_id             TEXT PRIMARY KEY REFERENCES site (id) ON DELETE RESTRICT,
    url                 TEXT NOT NULL,                              -- https, or http to this machine
    secret              TEXT NOT NULL CHECK (length(secret) >= 32), -- both sides sign with it
    is_active           INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_at         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A call that is owed to a gateway. Like the outbox it says what it is about, never the text.
CREATE TABLE hook_call (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    task_id             TEXT REFERENCES task (id) ON DELETE RESTRICT, -- null: a test
    state               TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'accepted', 'failed', 'cancelled')),
    attempts            INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at              TEXT NOT NULL CHECK (due_at = strftime('%Y-%m-%dT%H:%M:%fZ', due_at)),
    next_try_at         TEXT NOT NULL,                              -- later after a failure or while it is sent
    pointless_at        TEXT NOT NULL,                              -- after this it is not tried any more
    detail              TEXT,                                       -- what the last try came to, without addresses
    dedup_key           TEXT NOT NULL UNIQUE,                       -- one call for one reason
    settled_at          TEXT,
    CHECK ((state IN ('accepted', 'failed', 'cancelled')) = (settled_at IS NOT NULL))
) STRICT;
CREATE INDEX hook_call_to_send ON hook_call (next_try_at, id) WHERE state IN ('planned', 'sending');
CREATE INDEX hook_call_by_site ON hook_call (site_id, due_at);
