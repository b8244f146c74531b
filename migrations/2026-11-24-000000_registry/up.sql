-- The registry. Facts are only ever added: a correction is a new row or a new
-- version with its audit entry; what was said, decided or sent stays.
-- Every instant is UTC with exactly three decimals, so that text order is time order.

-- A clinic. Staff see only their own.
CREATE TABLE site (
    id                  TEXT PRIMARY KEY,
    code                TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 12),
    name                TEXT NOT NULL CHECK (name <> ''),
    mail_name           TEXT NOT NULL CHECK (mail_name <> ''),     -- neutral sender's name: says nothing about the treatment
    time_zone           TEXT NOT NULL,                              -- IANA
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    phone               TEXT NOT NULL CHECK (phone <> ''),
    emergency_number    TEXT NOT NULL CHECK (emergency_number <> ''),
    crisis_line         TEXT,                                       -- shown with self-harm phrases
    thermometer         TEXT NOT NULL CHECK (thermometer IN ('oral', 'axillary', 'tympanic', 'forehead', 'rectal', 'unknown')),
    ctcae_version       TEXT NOT NULL CHECK (ctcae_version IN ('5.0', '6.0')),
    state               TEXT NOT NULL CHECK (state IN ('active', 'inactive')),
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_at         TEXT NOT NULL CHECK (recorded_at = strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at))
) STRICT;

-- A person who signs in.
CREATE TABLE staff (
    id                  TEXT PRIMARY KEY,
    email               TEXT NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '%_@_%'),
    name                TEXT NOT NULL CHECK (name <> ''),
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    password_hash       TEXT,                                       -- argon2id, PHC text; null until the first password is set
    password_set_at     TEXT,
    totp_secret         TEXT,                                       -- base32; null until the second factor is set up
    totp_last_step      INTEGER,                                    -- a code is good once
    failed_sign_ins     INTEGER NOT NULL DEFAULT 0 CHECK (failed_sign_ins >= 0),
    retry_sign_in_at    TEXT,                                       -- increasing delay, never a permanent lock
    is_administrator    INTEGER NOT NULL DEFAULT 0 CHECK (is_administrator IN (0, 1)), -- of the whole installation
    state               TEXT NOT NULL CHECK (state IN ('active', 'inactive')),
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_at         TEXT NOT NULL CHECK (recorded_at = strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at)),
    CHECK ((password_hash IS NULL) = (password_set_at IS NULL))
) STRICT;

CREATE TABLE recovery_code (
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    code_hash           TEXT NOT NULL,                              -- SHA-256, hex
    used_at             TEXT,
    PRIMARY KEY (staff_id, code_hash)
) STRICT, WITHOUT ROWID;

-- An invitation or a password reset, by mail or printed by the administrator.
CREATE TABLE staff_invitation (
    token_hash          TEXT PRIMARY KEY,
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    created_at          TEXT NOT NULL,
    expires_at          TEXT NOT NULL,
    used_at             TEXT
) STRICT, WITHOUT ROWID;

-- What a person may do at a clinic.
CREATE TABLE membership (
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    role                TEXT NOT NULL CHECK (role IN ('nurse', 'physician', 'safety_officer', 'coordinator', 'administrator', 'reader')),
    recorded_at         TEXT NOT NULL,
    PRIMARY KEY (staff_id, site_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_site ON membership (site_id, role);

-- Who is told at once when a patient needs somebody: a clinic has at least one.
CREATE TABLE duty (
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    since               TEXT NOT NULL,
    PRIMARY KEY (site_id, staff_id)
) STRICT, WITHOUT ROWID;

-- A signed-in browser. The cookie holds the token, the row only its hash.
CREATE TABLE session (
    token_hash          TEXT PRIMARY KEY,
    staff_id            TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    stage               TEXT NOT NULL CHECK (stage IN ('password', 'enrol_totp', 'full')),
    created_at          TEXT NOT NULL,
    last_seen_at        TEXT NOT NULL,
    expires_at          TEXT NOT NULL,                              -- absolute limit
    stepped_up_at       TEXT,                                       -- second factor shown last
    user_agent          TEXT NOT NULL,
    ended_at            TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_staff ON session (staff_id);

-- A key of another system.
CREATE TABLE api_token (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    name                TEXT NOT NULL CHECK (name <> ''),
    purpose             TEXT NOT NULL DEFAULT 'registry' CHECK (purpose IN ('registry', 'bounces')), -- one key, one purpose
    token_hash          TEXT NOT NULL UNIQUE,
    created_by          TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    created_at          TEXT NOT NULL,
    revoked_at          TEXT
) STRICT;

CREATE TABLE product (
    id                  TEXT PRIMARY KEY,
    code                TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 35),
    name                TEXT NOT NULL CHECK (name <> ''),
    kind                TEXT NOT NULL CHECK (kind IN ('autologous', 'allogeneic')),
    rule_set            TEXT NOT NULL CHECK (rule_set <> ''),       -- profile of expected reactions and rules
    state               TEXT NOT NULL CHECK (state IN ('active', 'inactive')),
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_at         TEXT NOT NULL
) STRICT;

-- A person who was given infusions. Contact data are in a table of their own.
CREATE TABLE patient (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    code                TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 35), -- the clinic's number for the patient
    birth_year          INTEGER NOT NULL CHECK (birth_year BETWEEN 1900 AND 2100),
    sex                 TEXT NOT NULL CHECK (sex IN ('female', 'male', 'other', 'unknown')),
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    time_zone           TEXT NOT NULL,
    state               TEXT NOT NULL CHECK (state IN ('active', 'on_hold', 'in_hospital', 'withdrawn', 'died', 'moved')),
    state_reason        TEXT,
    prompts_stopped_at  TEXT,                                       -- the patient stopped the mails; reporting stays possible
    infection_risk      INTEGER NOT NULL DEFAULT 0 CHECK (infection_risk IN (0, 1)),
    infection_risk_reason TEXT,
    notes               TEXT,                                       -- allergies, history, other medicines
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_at         TEXT NOT NULL CHECK (recorded_at = strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at)),
    UNIQUE (site_id, code)
) STRICT;

CREATE TABLE patient_contact (
    patient_id          TEXT PRIMARY KEY REFERENCES patient (id) ON DELETE RESTRICT,
    name                TEXT NOT NULL CHECK (name <> ''),
    email               TEXT,
    phone               TEXT,
    CHECK (email IS NOT NULL OR phone IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- Consent to be contacted and to the registry, with the version of the text that was signed.
CREATE TABLE consent (
    id                  TEXT PRIMARY KEY,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    text_version        TEXT NOT NULL CHECK (text_version <> ''),
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    given_on            TEXT NOT NULL,                              -- local calendar day
    withdrawn_at        TEXT,
    recorded_by         TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    recorded_at         TEXT NOT NULL
) STRICT;
CREATE INDEX consent_by_patient ON consent (patient_id);

CREATE TABLE lot (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    product_id          TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
    number              TEXT NOT NULL CHECK (length(number) BETWEEN 1 AND 35), -- ICH E2B(R3) G.k.4.r.7
    source              TEXT NOT NULL CHECK (source IN ('own', 'donor')),
    patient_id          TEXT REFERENCES patient (id) ON DELETE RESTRICT,       -- of an own-cell lot: whose cells
    collected_on        TEXT,
    culture_started_on  TEXT,
    released_on         TEXT,
    cells_millions      INTEGER CHECK (cells_millions > 0),
    viability_permille  INTEGER CHECK (viability_permille BETWEEN 0 AND 1000),
    sterility           TEXT NOT NULL CHECK (sterility IN ('pending', 'negative', 'positive')),
    mycoplasma          TEXT NOT NULL CHECK (mycoplasma IN ('pending', 'negative', 'positive')),
    endotoxin           TEXT NOT NULL CHECK (endotoxin IN ('pending', 'pass', 'fail')),
    state               TEXT NOT NULL CHECK (state IN ('in_culture', 'released', 'quarantined', 'used', 'discarded')),
    state_reason        TEXT,
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_at         TEXT NOT NULL,
    UNIQUE (site_id, number),
    CHECK (source = 'own' OR patient_id IS NULL)
) STRICT;
CREATE INDEX lot_by_patient ON lot (patient_id);

-- A series of infusions for one patient.
CREATE TABLE course (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    product_id          TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
    phase               TEXT NOT NULL CHECK (phase IN ('first', 'consolidation', 'prevention')),
    interval_days       INTEGER NOT NULL CHECK (interval_days BETWEEN 1 AND 730),
    planned_infusions   INTEGER NOT NULL CHECK (planned_infusions BETWEEN 1 AND 24),
    started_on          TEXT NOT NULL,
    ended_on            TEXT,
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_at         TEXT NOT NULL
) STRICT;
CREATE INDEX course_by_patient ON course (patient_id);

CREATE TABLE infusion (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    course_id           TEXT NOT NULL REFERENCES course (id) ON DELETE RESTRICT,
    lot_id              TEXT NOT NULL REFERENCES lot (id) ON DELETE RESTRICT,
    number_in_course    INTEGER NOT NULL CHECK (number_in_course >= 1),
    started_at          TEXT NOT NULL CHECK (started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at)),
    ended_at            TEXT CHECK (ended_at >= started_at),
    t0                  TEXT NOT NULL CHECK (t0 = coalesce(ended_at, started_at)), -- end of the infusion; its start if unknown
    dose_cells_millions INTEGER CHECK (dose_cells_millions > 0),
    route               TEXT NOT NULL CHECK (route IN ('intravenous', 'intra_arterial', 'intraperitoneal', 'subcutaneous', 'other')),
    premedication       TEXT,
    notes               TEXT,
    schedule_version_id TEXT REFERENCES schedule_version (id) ON DELETE RESTRICT, -- what its follow-up was planned from; null: not planned
    version             INTEGER NOT NULL CHECK (version >= 1),
    recorded_by         TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    recorded_at         TEXT NOT NULL,
    UNIQUE (course_id, number_in_course)
) STRICT;
CREATE INDEX infusion_by_patient ON infusion (patient_id, t0);
CREATE INDEX infusion_by_site ON infusion (site_id, t0);
CREATE INDEX infusion_by_lot ON infusion (lot_id);

-- What was measured and seen in the chair in the first hours.
CREATE TABLE chair_observation (
    id                  TEXT PRIMARY KEY,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    observed_at         TEXT NOT NULL,
    temperature_tenths  INTEGER CHECK (temperature_tenths BETWEEN 300 AND 450), -- degrees C x 10, as read
    thermometer         TEXT CHECK (thermometer IN ('oral', 'axillary', 'tympanic', 'forehead', 'rectal', 'unknown')),
    sbp                 INTEGER CHECK (sbp BETWEEN 40 AND 300),     -- mmHg
    hr                  INTEGER CHECK (hr BETWEEN 20 AND 300),      -- per minute
    spo2                INTEGER CHECK (spo2 BETWEEN 50 AND 100),    -- %
    rr                  INTEGER CHECK (rr BETWEEN 4 AND 80),        -- per minute
    note                TEXT,
    recorded_by         TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    recorded_at         TEXT NOT NULL,
    CHECK ((temperature_tenths IS NULL) = (thermometer IS NULL))
) STRICT;
CREATE INDEX chair_observation_by_infusion ON chair_observation (infusion_id);

-- A planned "how are you?" after one infusion.
CREATE TABLE check_in (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    code                TEXT NOT NULL,
    opens_at            TEXT NOT NULL,
    due_at              TEXT NOT NULL,
    closes_at           TEXT NOT NULL,
    state               TEXT NOT NULL CHECK (state IN ('planned', 'answered', 'missed', 'superseded', 'cancelled')),
    prompted_at         TEXT,                                       -- first prompt accepted by the mail server
    answered_at         TEXT,
    answered_late       INTEGER NOT NULL DEFAULT 0 CHECK (answered_late IN (0, 1)),
    report_id           TEXT REFERENCES report (id) ON DELETE RESTRICT,
    settled_at          TEXT,                                       -- when missed, superseded or cancelled
    recorded_at         TEXT NOT NULL,
    CHECK ((state = 'answered') = (answered_at IS NOT NULL))
) STRICT;
CREATE INDEX check_in_by_infusion ON check_in (infusion_id, due_at);
-- Those beyond the schedule may come again, but only one of a kind waits at a time.
CREATE UNIQUE INDEX check_in_once ON check_in (infusion_id, code) WHERE state = 'planned' OR code NOT IN ('DAILY', 'EXTRA');
CREATE INDEX check_in_by_patient ON check_in (patient_id, due_at);
CREATE INDEX check_in_to_close ON check_in (closes_at) WHERE state = 'planned';

-- A patient's link: a permission to report, for one patient and one infusion.
-- The token is derived from the nonce and a key outside the database; only its hash is here.
CREATE TABLE link (
    id                  TEXT PRIMARY KEY,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    nonce               TEXT NOT NULL,                              -- 32 random bytes, hex
    token_hash          TEXT NOT NULL UNIQUE,                       -- SHA-256, hex
    created_at          TEXT NOT NULL,
    expires_at          TEXT NOT NULL,
    revoked_at          TEXT
) STRICT;
CREATE INDEX link_by_infusion ON link (infusion_id);

-- A visitor who pressed "Continue" behind a link: short-lived cookie, hash only.
CREATE TABLE visit (
    token_hash          TEXT PRIMARY KEY,
    link_id             TEXT NOT NULL REFERENCES link (id) ON DELETE RESTRICT,
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    created_at          TEXT NOT NULL,
    expires_at          TEXT NOT NULL,
    birth_year_at       TEXT,                                       -- the visitor gave the right birth year
    wrong_birth_years   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Answers saved as they are given. One report comes of a draft however often it is sent.
CREATE TABLE draft (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    link_id             TEXT REFERENCES link (id) ON DELETE RESTRICT,
    visit_hash          TEXT REFERENCES visit (token_hash) ON DELETE RESTRICT, -- the visit that may see its answers
    staff_id            TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    source              TEXT NOT NULL CHECK (source IN ('patient', 'carer', 'staff_phone', 'staff_chair', 'api')),
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    answers             TEXT NOT NULL CHECK (json_valid(answers)),
    started_at          TEXT NOT NULL,
    updated_at          TEXT NOT NULL,
    task_id             TEXT REFERENCES task (id) ON DELETE RESTRICT, -- raised by a danger answer
    report_id           TEXT REFERENCES report (id) ON DELETE RESTRICT,
    CHECK ((link_id IS NULL) <> (staff_id IS NULL))
) STRICT;
CREATE INDEX draft_by_link ON draft (link_id, updated_at);
CREATE INDEX draft_by_infusion ON draft (infusion_id, updated_at);
CREATE INDEX draft_by_visit ON draft (visit_hash) WHERE visit_hash IS NOT NULL;

-- What one person told us once. Never edited: a correction supersedes.
CREATE TABLE report (
    id                  TEXT PRIMARY KEY,
    reference           TEXT NOT NULL UNIQUE,                       -- short, for the phone
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    draft_id            TEXT UNIQUE REFERENCES draft (id) ON DELETE RESTRICT,
    idempotency_key     TEXT UNIQUE,                                -- of the API
    supersedes          TEXT REFERENCES report (id) ON DELETE RESTRICT,
    source              TEXT NOT NULL CHECK (source IN ('patient', 'carer', 'staff_phone', 'staff_chair', 'api')),
    mode                TEXT NOT NULL CHECK (mode IN ('web', 'phone', 'in_person', 'api')),
    staff_id            TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    received_at         TEXT NOT NULL CHECK (received_at = strftime('%Y-%m-%dT%H:%M:%fZ', received_at)), -- starts every clock
    hours_since_infusion TEXT NOT NULL,                             -- decimal
    input               TEXT NOT NULL CHECK (json_valid(input)),    -- as assessed: replay gives the same result
    free_text           TEXT,
    temp_adj_c          TEXT,                                       -- degrees C, one decimal
    level               TEXT NOT NULL CHECK (level IN ('NONE', 'ROUTINE', 'SOON', 'URGENT', 'EMERGENCY')),
    evaluation          TEXT NOT NULL CHECK (evaluation IN ('done', 'failed')),
    rule_set            TEXT NOT NULL,
    rule_set_version    INTEGER NOT NULL,
    ctcae_version       TEXT NOT NULL,
    task_id             TEXT REFERENCES task (id) ON DELETE RESTRICT,
    recorded_at         TEXT NOT NULL
) STRICT;
CREATE INDEX report_by_patient ON report (patient_id, received_at);
CREATE INDEX report_by_infusion ON report (infusion_id, received_at);
CREATE INDEX report_by_site ON report (site_id, received_at);
CREATE INDEX report_by_superseded ON report (supersedes) WHERE supersedes IS NOT NULL;

CREATE TABLE report_symptom (
    report_id           TEXT NOT NULL REFERENCES report (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT, -- it belongs to: the latest begun before it (REFERENCE 0.1)
    code                TEXT NOT NULL,                              -- REFERENCE 1.1
    grade               INTEGER CHECK (grade BETWEEN 0 AND 5),      -- patient-derived; null when left out (known before, unchanged)
    ctcae_version       TEXT NOT NULL,
    onset_h             TEXT,                                       -- decimal hours after the infusion
    duration_h          TEXT,
    resolved_h_ago      TEXT,
    in_expected_window  INTEGER NOT NULL CHECK (in_expected_window IN (0, 1)), -- "no alarm", not listedness
    preexisting         INTEGER NOT NULL CHECK (preexisting IN (0, 1)),
    answers             TEXT NOT NULL CHECK (json_valid(answers)),
    PRIMARY KEY (report_id, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_symptom_by_infusion ON report_symptom (infusion_id);

-- A staff member's judgement of a grade, beside the derived one. The newest counts.
CREATE TABLE grade_confirmation (
    id                  TEXT PRIMARY KEY,
    report_id           TEXT NOT NULL,
    code                TEXT NOT NULL,
    grade               INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 5),
    ctcae_version       TEXT NOT NULL,
    reason              TEXT,
    confirmed_by        TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    confirmed_at        TEXT NOT NULL,
    FOREIGN KEY (report_id) REFERENCES report (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX grade_confirmation_by_symptom ON grade_confirmation (report_id, code);

-- Terms that only staff may grade (anaphylaxis, CRS by ASTCT, ICANS ...), per infusion. The newest counts.
CREATE TABLE staff_grade (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    term                TEXT NOT NULL,                              -- REFERENCE 1.2
    grade               INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 5),
    scale               TEXT NOT NULL CHECK (scale IN ('ctcae_5.0', 'ctcae_6.0', 'astct_2019')),
    findings            TEXT NOT NULL CHECK (json_valid(findings)), -- what the calculator was given
    reason              TEXT,
    graded_by           TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    graded_at           TEXT NOT NULL
) STRICT;
CREATE INDEX staff_grade_by_infusion ON staff_grade (infusion_id);

-- Rule sets as they were used: a version never changes once it is here.
CREATE TABLE rule_set (
    id                  TEXT NOT NULL,
    version             INTEGER NOT NULL CHECK (version >= 1),
    sha256              TEXT NOT NULL,
    text                TEXT NOT NULL,
    first_used_at       TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- What a nurse works on. Nothing here closes itself.
CREATE TABLE task (
    id                  TEXT PRIMARY KEY,
    number              INTEGER NOT NULL UNIQUE,                    -- for mails and the phone; stored, never computed
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    patient_id          TEXT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    infusion_id         TEXT NOT NULL REFERENCES infusion (id) ON DELETE RESTRICT,
    kind                TEXT NOT NULL CHECK (kind IN ('report', 'missed_check_in', 'unreachable', 'not_this_person', 'prompts_stopped', 'lot_event', 'seriousness', 'product_quality')),
    level               TEXT NOT NULL CHECK (level IN ('NONE', 'ROUTINE', 'SOON', 'URGENT', 'EMERGENCY')),
    urgency_rank        INTEGER NOT NULL CHECK (urgency_rank BETWEEN 0 AND 4), -- 0 = EMERGENCY: sorts the queue
    state               TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    owner_id            TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    opened_at           TEXT NOT NULL,
    raised_at           TEXT NOT NULL,                              -- the clock runs from here
    acknowledge_by      TEXT,                                       -- null where the level has no acknowledge target
    contact_by          TEXT NOT NULL,
    acknowledged_at     TEXT,
    acknowledged_by     TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    reached_at          TEXT,                                       -- patient reached by phone
    next_try_at         TEXT,
    closed_at           TEXT,
    closed_by           TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    outcome             TEXT,
    worth_a_flag        TEXT CHECK (worth_a_flag IN ('yes', 'no', 'unsure')),
    version             INTEGER NOT NULL CHECK (version >= 1),      -- two nurses: the second is told
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((closed_at IS NULL) = (outcome IS NULL)),
    CHECK (closed_by IS NOT NULL OR closed_at IS NULL OR (kind = 'missed_check_in' AND outcome = 'answered')),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) STRICT;
CREATE INDEX task_queue_by_site ON task (site_id, urgency_rank, contact_by, id) WHERE state = 'open';
CREATE INDEX task_closed_by_site ON task (site_id, closed_at, id) WHERE state = 'closed';
CREATE INDEX task_open_by_infusion ON task (infusion_id, kind) WHERE state = 'open';
CREATE INDEX task_by_patient ON task (patient_id, opened_at);

-- A rule that fired, with the facts that made it true.
CREATE TABLE flag (
    id                  TEXT PRIMARY KEY,
    task_id             TEXT NOT NULL REFERENCES task (id) ON DELETE RESTRICT,
    report_id           TEXT REFERENCES report (id) ON DELETE RESTRICT,
    draft_id            TEXT REFERENCES draft (id) ON DELETE RESTRICT,
    check_in_id         TEXT REFERENCES check_in (id) ON DELETE RESTRICT,
    lot_event_id        TEXT REFERENCES lot_event (id) ON DELETE RESTRICT,
    rule                TEXT NOT NULL,
    rule_set            TEXT NOT NULL,
    rule_set_version    INTEGER NOT NULL,
    level               TEXT NOT NULL CHECK (level IN ('NONE', 'ROUTINE', 'SOON', 'URGENT', 'EMERGENCY')),
    historic            INTEGER NOT NULL CHECK (historic IN (0, 1)),
    because             TEXT NOT NULL CHECK (json_valid(because)),
    raised_at           TEXT NOT NULL,
    CHECK (report_id IS NOT NULL OR draft_id IS NOT NULL OR check_in_id IS NOT NULL OR lot_event_id IS NOT NULL)
) STRICT;
CREATE INDEX flag_by_task ON flag (task_id);
CREATE INDEX flag_by_report ON flag (report_id);
CREATE UNIQUE INDEX flag_once_per_draft ON flag (draft_id, rule) WHERE draft_id IS NOT NULL;

-- Everything said and done on a task, calls included. Only added to.
CREATE TABLE task_event (
    id                  TEXT PRIMARY KEY,
    task_id             TEXT NOT NULL REFERENCES task (id) ON DELETE RESTRICT,
    at                  TEXT NOT NULL,
    staff_id            TEXT REFERENCES staff (id) ON DELETE RESTRICT, -- null: the patient or the system
    kind                TEXT NOT NULL CHECK (kind IN ('opened', 'raised', 'report_attached', 'taken', 'handed_over', 'released', 'ran_out', 'called', 'note', 'grade_confirmed', 'staff_graded', 'closed', 'reopened', 'answered', 'asked', 'question_answered', 'undone')),
    call_result         TEXT CHECK (call_result IN ('reached', 'no_answer', 'wrong_number')),
    next_try_at         TEXT,
    to_staff_id         TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    report_id           TEXT REFERENCES report (id) ON DELETE RESTRICT,
    level               TEXT,
    outcome             TEXT,
    note                TEXT,
    CHECK ((kind = 'called') = (call_result IS NOT NULL))
) STRICT;
CREATE INDEX task_event_by_task ON task_event (task_id, at);

-- What is owed: kind and recipient, never the text. Written in the transaction that causes it.
CREATE TABLE outbox (
    id                  TEXT PRIMARY KEY,
    kind                TEXT NOT NULL,
    priority            INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 2), -- 0 = alert
    site_id             TEXT REFERENCES site (id) ON DELETE RESTRICT, -- null: about the installation
    patient_id          TEXT REFERENCES patient (id) ON DELETE RESTRICT,
    staff_id            TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    infusion_id         TEXT REFERENCES infusion (id) ON DELETE RESTRICT,
    check_in_id         TEXT REFERENCES check_in (id) ON DELETE RESTRICT,
    task_id             TEXT REFERENCES task (id) ON DELETE RESTRICT,
    link_id             TEXT REFERENCES link (id) ON DELETE RESTRICT,
    fault               TEXT,                                       -- of the registry itself, that it tells of
    to_operator         INTEGER NOT NULL DEFAULT 0 CHECK (to_operator IN (0, 1)), -- whoever looks after the server
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    due_at              TEXT NOT NULL CHECK (due_at = strftime('%Y-%m-%dT%H:%M:%fZ', due_at)),
    pointless_at        TEXT,                                       -- after this it is not sent any more
    state               TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'accepted', 'failed', 'bounced', 'cancelled')),
    cause               TEXT,                                       -- of a cancellation or failure
    next_try_at         TEXT NOT NULL,                              -- due_at, later after a postponement
    lease_until         TEXT,
    letter_text_id      TEXT REFERENCES letter_text (id) ON DELETE RESTRICT, -- that it was last taken with; null: the built-in text
    attempts            INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    message_id          TEXT NOT NULL UNIQUE,                       -- the same on every attempt
    dedup_key           TEXT NOT NULL UNIQUE,                       -- one mail for one reason
    settled_at          TEXT,                                       -- accepted, failed, bounced or cancelled
    recorded_at         TEXT NOT NULL,
    CHECK ((patient_id IS NOT NULL) + (staff_id IS NOT NULL) + to_operator = 1),
    CHECK ((kind = 'alarm') = (fault IS NOT NULL)),
    CHECK ((state IN ('accepted', 'failed', 'bounced', 'cancelled')) = (settled_at IS NOT NULL))
) STRICT;
CREATE INDEX outbox_to_send ON outbox (priority, next_try_at, id) WHERE state IN ('planned', 'sending');
CREATE INDEX outbox_by_site ON outbox (site_id, due_at);
CREATE INDEX outbox_by_patient ON outbox (patient_id, due_at);
CREATE INDEX outbox_by_check_in ON outbox (check_in_id);
CREATE INDEX outbox_by_task ON outbox (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX outbox_by_text ON outbox (letter_text_id) WHERE letter_text_id IS NOT NULL;
CREATE INDEX outbox_by_fault ON outbox (fault, recorded_at) WHERE fault IS NOT NULL;

CREATE TABLE delivery_attempt (
    id                  TEXT PRIMARY KEY,
    outbox_id           TEXT NOT NULL REFERENCES outbox (id) ON DELETE RESTRICT,
    at                  TEXT NOT NULL,
    result              TEXT NOT NULL CHECK (result IN ('accepted', 'retry', 'refused', 'delayed', 'bounced')),
    detail              TEXT                                        -- what the server said, without addresses
) STRICT;
CREATE INDEX delivery_attempt_by_mail ON delivery_attempt (outbox_id, at);
CREATE INDEX delivery_attempt_accepted ON delivery_attempt (at) WHERE result = 'accepted';

-- Hash chain: each entry binds all earlier ones. The key is outside the database.
CREATE TABLE audit (
    seq                 INTEGER PRIMARY KEY,                        -- without gaps
    at                  TEXT NOT NULL,
    actor_kind          TEXT NOT NULL CHECK (actor_kind IN ('staff', 'patient', 'system', 'api', 'operator')),
    actor_id            TEXT,
    actor_name          TEXT NOT NULL,                              -- as it was then
    site_id             TEXT,
    action              TEXT NOT NULL,
    object_kind         TEXT NOT NULL,
    object_id           TEXT NOT NULL,
    detail              TEXT NOT NULL CHECK (json_valid(detail)),   -- old and new values, reason
    format              INTEGER NOT NULL CHECK (format = 1),
    prev_hash           TEXT NOT NULL,
    hash                TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_object ON audit (object_kind, object_id);
CREATE INDEX audit_by_site ON audit (site_id, seq);
CREATE INDEX audit_by_actor ON audit (actor_id, seq);

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER report_no_delete BEFORE DELETE ON report
BEGIN SELECT RAISE(ABORT, 'a report is never deleted'); END;
CREATE TRIGGER report_facts_stay BEFORE UPDATE OF input, free_text, received_at, level, patient_id, infusion_id, source ON report
BEGIN SELECT RAISE(ABORT, 'what was reported stays as it was'); END;
CREATE TRIGGER task_event_no_update BEFORE UPDATE ON task_event
BEGIN SELECT RAISE(ABORT, 'task_event is append-only'); END;
CREATE TRIGGER task_event_no_delete BEFORE DELETE ON task_event
BEGIN SELECT RAISE(ABORT, 'task_event is append-only'); END;
CREATE TRIGGER rule_set_no_update BEFORE UPDATE ON rule_set
BEGIN SELECT RAISE(ABORT, 'a used rule set never changes'); END;

-- Facts about the installation: incarnation, the training clock's offset.
CREATE TABLE installation (
    key                 TEXT PRIMARY KEY,
    value               TEXT NOT NULL
) STRICT, WITHOUT ROWID;
